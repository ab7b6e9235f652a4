import HTTPCore
import Kernel
import TestSupport
import Testing

@testable import ServiceKit

private struct Thing: Codable, Equatable {
    struct Part: Codable, Equatable {
        let name: String
        let count: Int?
    }

    let title: String
    let isOpen: Bool?
    let weight: Double?
    let size: UInt8?
    let parts: [Part]?
    let at: Timestamp?
    let byName: [String: Int]?
}

@Suite struct JSONTests {
    private func decode(_ text: String) -> Fault? {
        fault { try JSON.decode(Thing.self, Array(text.utf8)) }
    }

    private func pointer(_ text: String) -> Fault.Field? {
        let fault = decode(text)
        #expect(fault?.kind == .invalid && fault?.code == "validation_failed", "\(text)")
        return fault?.fields.first
    }

    @Test func `unknown members are ignored`() {
        #expect(decode(#"{"title": "t", "later": {"a": [1, null]}, "ownerId": 1}"#) == nil)
    }

    @Test func `a missing member is named`() {
        #expect(pointer("{}") == Fault.Field("/title", "is required"))
        let inner = pointer(#"{"title": "t", "parts": [{"name": "a"}, {"count": 1}]}"#)
        #expect(inner == Fault.Field("/parts/1/name", "is required"))
    }

    @Test(arguments: [
        (#"{"title": 5}"#, "/title", "must be a string"),
        (#"{"title": null}"#, "/title", "must be a string, not null"),
        (#"{"title": ["t"]}"#, "/title", "must be a string"),
        (#"{"title": {"t": 1}}"#, "/title", "must be a string"),
        (#"{"title": "t", "isOpen": "true"}"#, "/isOpen", "must be true or false"),
        (#"{"title": "t", "isOpen": 1}"#, "/isOpen", "must be true or false"),
        (#"{"title": "t", "size": "1"}"#, "/size", "must be a whole number"),
        (#"{"title": "t", "weight": "1"}"#, "/weight", "must be a number"),
        (#"{"title": "t", "parts": {}}"#, "/parts", "must be an array"),
        (#"{"title": "t", "parts": [1]}"#, "/parts/0", "must be an object"),
        (#"{"title": "t", "byName": []}"#, "/byName", "must be an object"),
        (#"{"title": "t", "byName": {"a/b~c": "x"}}"#, "/byName/a~1b~0c", "must be a whole number"),
        (#"{"title": "t", "at": "tomorrow"}"#, "/at", Timestamp.rule),
        (#"{"title": "t", "at": 5}"#, "/at", "must be a string"),
        ("[]", "", "must be an object"), ("5", "", "must be an object"),
        (#""x""#, "", "must be an object"), ("true", "", "must be an object"),
    ]) func `a wrong type is named by its place`(text: String, at: String, detail: String) {
        #expect(pointer(text) == Fault.Field(at, detail))
    }

    @Test func `null as the whole body is refused`() {
        #expect(pointer("null")?.pointer == "")
    }

    @Test(arguments: [
        (#"{"title": "t", "size": 256}"#, "/size"), (#"{"title": "t", "size": -1}"#, "/size"),
        (#"{"title": "t", "size": 1.5}"#, "/size"), (#"{"title": "t", "size": 1e400}"#, "/size"),
        (#"{"title": "t", "size": 1e-1}"#, "/size"),
        (
            #"{"title": "t", "x": 1.5, "parts": [{"name": "a"}, {"name": "b", "count": 7.5}]}"#,
            "/parts/1/count"
        ),
        (#"{"title": "t", "byName": {"a/b": 9223372036854775808}}"#, "/byName/a~1b"),
        (#"{"title": "t", "byName": {"a": 1, "b": 0.1}}"#, "/byName/b"),
    ]) func `a fraction and a number out of range are named by their place`(
        text: String, at: String
    ) {
        #expect(pointer(text) == Fault.Field(at, "must be a whole number in the allowed range"))
    }

    @Test func `a number that is too large for any is named by its place`() {
        let field = pointer(#"{"title": "t", "size": 7.0, "weight": 1e400}"#)
        #expect(field == Fault.Field("/weight", "must be a number in the allowed range"))
    }

    @Test(arguments: [("7.0", 7), ("7", 7), ("70e-1", 7), ("0.7e1", 7), ("-0", 0), ("2e2", 200)])
    func `a whole number can be written with fraction or exponent`(text: String, value: UInt8)
        throws
    {
        let body = #"{"title": "t", "size": \#(text)}"#
        #expect(try JSON.decode(Thing.self, Array(body.utf8)).size == value)
    }

    @Test(arguments: [
        "", " ", "{", "}", "{]", #"{"title": "t",}"#, #"{"title" "t"}"#, #"{title: "t"}"#,
        #"{'title': 't'}"#, #"{"title": "t"} x"#, #"{"title": "t"}{"title": "t"}"#, "nul",
        #"{"title": "t"#, #"{"title": "a\q"}"#, #"{"title": "\ud800"}"#, #"{"title": "\udc00x"}"#,
        #"{"title": "\u12"}"#, "{\"title\": \"a\nb\"}", "{\"title\": \"a\u{0}b\"}", "// c\n{}",
        #"{"title": "t", "weight": 01}"#, #"{"title": "t", "weight": NaN}"#,
        #"{"title": "t", "weight": +1}"#, #"{"title": "t", "weight": .5}"#,
    ]) func `invalid JSON is malformed`(text: String) {
        #expect(decode(text)?.code == "malformed_json", "\(text)")
    }

    @Test func `invalid UTF-8 is malformed`() {
        for bytes in [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80]] as [[UInt8]] {
            let body = Array(#"{"title": ""#.utf8) + bytes + Array(#""}"#.utf8)
            #expect(fault { try JSON.decode(Thing.self, body) }?.code == "malformed_json")
        }
    }

    @Test func `deep nesting is refused, not a crash`() {
        for (open, close) in [("[", "]"), (#"{"a":"#, "}")] {
            let deep = String(repeating: open, count: 100_000)
            #expect(decode(deep)?.code == "malformed_json")
            let closed =
                #"{"title": "t", "x": "# + deep + "1" + String(repeating: close, count: 100_000)
                + "}"
            #expect(decode(closed)?.code == "malformed_json")
        }
    }

    @Test func `a byte order mark is malformed`() {
        #expect(decode("\u{FEFF}{\"title\": \"t\"}")?.code == "malformed_json")
    }

    @Test(arguments: [
        "01", "+1", ".5", "1.", "1e", "--1", "tru", "\"\\ud800\"", "\"\\x\"", "[1,]", "[,1]",
    ])
    func `invalid JSON in an unknown member is malformed`(value: String) {
        #expect(decode("{\"title\": \"t\", \"unknown\": \(value)}")?.code == "malformed_json")
    }

    @Test(arguments: [
        "0", "-0", "1e400", "1E-5", "0.10e+2", "[]", "[ ]", "{ }", "[[1 , 2]]", "\"\\\"\"",
    ])
    func `valid JSON in an unknown member is accepted`(value: String) {
        #expect(decode("\r\n\t {\"title\":\"t\",\"unknown\":\(value)} ") == nil)
    }

    @Test func `another encoding than UTF-8 is malformed`() {
        let wide = #"{"title": "t"}"#.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        #expect(fault { try JSON.decode(Thing.self, wide) }?.code == "malformed_json")
        #expect(
            fault { try JSON.decode(Thing.self, [0xFF, 0xFE] + wide) }?.code == "malformed_json")
    }

    @Test func `escapes and astral characters survive`() throws {
        let thing = try JSON.decode(
            Thing.self, Array(#"{"title": "\ud83d\ude00 \u0000 \/ é"}"#.utf8))
        #expect(thing.title == "😀 \0 / é")
        #expect(try JSON.decode(Thing.self, JSON.encode(thing)) == thing)
    }

    @Test func `equal values are equal bytes`() {
        let names = Dictionary(uniqueKeysWithValues: (0..<50).map { ("key\($0)", $0) })
        let same = Dictionary(uniqueKeysWithValues: names.reversed().map { ($0.key, $0.value) })
        #expect(JSON.encode(names) == JSON.encode(same))
        #expect(String(decoding: JSON.encode(["a/b"]), as: UTF8.self) == #"["a/b"]"#)
    }
}

@Suite struct ContentTypeTests {
    private func decodes(_ fields: String...) throws -> Fault? {
        let request = try request("/", fields, body: #"{"title": "t"}"#)
        return fault { try request.decode(Thing.self) }
    }

    @Test(arguments: [
        "application/json", "Application/JSON", "application/json;charset=utf-8",
        "application/json; charset=UTF-8", #"application/json ; charset="utf-8""#,
        "application/json; profile=x", "application/hal+json", "application/merge-patch+json",
    ]) func `JSON`(type: String) throws {
        #expect(try decodes("Content-Type: \(type)") == nil)
    }

    @Test(arguments: [
        "text/plain", "text/json", "application/x-www-form-urlencoded", "application/jsonx",
        "application/json; charset=iso-8859-1", "multipart/form-data; boundary=application/json",
        "application/xml", "*/*", "json", ";application/json", "application/jsön",
        "text/html+json", "application/json, text/plain",
    ]) func `no JSON`(type: String) throws {
        let fault = try decodes("Content-Type: \(type)")
        #expect(fault?.code == "unsupported_media_type" && fault?.kind == .unsupportedMediaType)
    }

    @Test func `a body without a type is refused`() throws {
        #expect(try decodes()?.kind == .unsupportedMediaType)
        #expect(try decodes("Content-Type:")?.kind == .unsupportedMediaType)
    }

    @Test func `an absent optional body needs no content type`() throws {
        let request = try request("/")
        #expect(try request.decodeIfPresent(Thing.self) == nil)
        #expect(fault { try request.decode(Thing.self) }?.code == "body_missing")
    }

    @Test func `an empty body is missing, whatever its type`() throws {
        let request = try request("/", ["Content-Type: application/json"])
        #expect(fault { try request.decode(Thing.self) }?.code == "body_missing")
    }
}
