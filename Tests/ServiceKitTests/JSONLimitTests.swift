import Contract
import HTTPCore
import Kernel
import TestSupport
import Testing

@testable import ServiceKit

private struct Body: Codable, Sendable {
    let name: String?
    let accessKey: String?
    let list: [String]?
}

@Suite struct JSONLimitTests {
    private func decode(_ text: String) -> Fault? {
        fault { try JSON.decode(Body.self, Array(text.utf8)) }
    }

    private func marks(_ count: Int) -> String { String(repeating: "\u{301}", count: count) }

    private func isRefused(_ text: String, at pointer: String, _ rule: String) -> Bool {
        let fault = decode(text)
        return fault?.code == "validation_failed" && fault?.kind == .invalid
            && fault?.fields == [Fault.Field(pointer, rule)]
    }

    @Test func `too many combining marks are refused with their place`() {
        let rule = "must not have more than 30 combining marks in a row"
        #expect(decode(#"{"name": "a\#(marks(30))"}"#) == nil)
        #expect(decode(#"{"name": "a\#(marks(30))b\#(marks(30))"}"#) == nil)
        #expect(isRefused(#"{"name": "a\#(marks(31))"}"#, at: "/name", rule))
        #expect(isRefused(#"{"list": ["", "\#(marks(31))"]}"#, at: "/list/1", rule))
        #expect(
            isRefused(#"{"x": {"a/b~": [[{"y": "\#(marks(31))"}]]}}"#, at: "/x/a~1b~0/0/0/y", rule))
    }

    @Test func `combining marks in escapes count too`() {
        let escaped = String(repeating: "\\u0301\\u0316", count: 15)
        #expect(decode(#"{"name": "a\#(escaped)"}"#) == nil)
        #expect(decode(#"{"name": "a\#(escaped)\u0300"}"#)?.fields.first?.pointer == "/name")
        #expect(decode(#"{"name": "a\#(escaped)̀"}"#)?.fields.first?.pointer == "/name")
        let astral = String(repeating: "\\ud834\\udd65", count: 31)
        #expect(decode(#"{"name": "a\#(astral)"}"#)?.fields.first?.pointer == "/name")
    }

    @Test func `a member's name with too many marks is refused at its object`() {
        let rule = "must not have a member name with more than 30 combining marks in a row"
        #expect(decode(#"{"a\#(marks(30))": 1}"#) == nil)
        #expect(isRefused(#"{"x": {"a\#(marks(31))": 1}}"#, at: "/x", rule))
    }

    @Test func `a member's name has a maximum length`() {
        let name = String(repeating: "n", count: 1_024)
        #expect(decode(#"{"\#(name)": 1}"#) == nil)
        #expect(decode(#"{"\#(String(repeating: "\\u006e", count: 1_024))": 1}"#) == nil)
        #expect(
            isRefused(
                #"{"\#(name)n": 1}"#, at: "", "must not have a member name longer than 1024 bytes"))
        #expect(decode(#"{"\#(String(repeating: "é", count: 513))": 1}"#)?.kind == .invalid)
    }

    @Test func `objects and arrays have a maximum size`() {
        func object(_ count: Int) -> String {
            "{" + (0..<count).map { "\"m\($0)\": 0" }.joined(separator: ",") + "}"
        }
        func array(_ count: Int) -> String {
            "[" + Array(repeating: "\"\"", count: count).joined(separator: ",") + "]"
        }
        #expect(decode(object(100)) == nil)
        #expect(isRefused(object(101), at: "", "must not have more than 100 members"))
        #expect(
            isRefused("{\"x\": \(object(101))}", at: "/x", "must not have more than 100 members"))
        #expect(decode("{\"list\": \(array(1_000))}") == nil)
        #expect(
            isRefused(
                "{\"list\": \(array(1_001))}", at: "/list", "must not have more than 1000 items"))
    }

    @Test func `strings and numbers have a maximum length`() {
        let text = String(repeating: "t", count: 131_072)
        #expect(decode(#"{"name": "\#(text)"}"#) == nil)
        #expect(
            isRefused(
                #"{"name": "\#(text)t"}"#, at: "/name", "must not be longer than 131072 bytes"))
        #expect(decode(#"{"n": \#(String(repeating: "9", count: 64))}"#) == nil)
        #expect(
            isRefused(
                #"{"n": \#(String(repeating: "9", count: 65))}"#, at: "/n",
                "must not be a number of more than 64 characters"))
    }

    @Test(arguments: [
        (#"{"name": "a", "name": "b"}"#, "/name"), (#"{"name": "a", "n\u0061me": "b"}"#, "/name"),
        (#"{"x": [{"y": 1, "z": 2, "y": 3}]}"#, "/x/0/y"), (#"{"": 1, "": 2}"#, "/"),
        (#"{"é": 1, "e\u0301": 2}"#, "/é"),
        (#"{"accessKey": "a", "access\u212Aey": "b"}"#, "/accessKey"),
    ]) func `a duplicate member is malformed and named`(text: String, pointer: String) {
        let fault = decode(text)
        #expect(fault?.code == "malformed_json", "\(text)")
        #expect(fault?.detail == "The body has \(pointer) twice.", "\(text)")
    }

    @Test func `the same name in two objects is accepted`() {
        #expect(decode(#"{"a": {"name": 1}, "name": "x", "b": [{"name": 1}, {"name": 2}]}"#) == nil)
    }

    @Test func `invalid JSON is reported with line and column`() {
        for (text, place, expected) in [
            ("{\n \"é\": tru}", "line 2, column 10", "true"), ("", "line 1, column 1", "a value"),
            ("{} x", "line 1, column 4", "the end of the body"),
            ("{\"a\":1,}", "line 1, column 8", "the name of a member, in quotes"),
            ("{a:1}", "line 1, column 2", "the name of a member, in quotes"),
            ("{\"a\" 1}", "line 1, column 6", "a colon"),
            ("{\"a\":1 \"b\":2}", "line 1, column 8", "a comma or }"),
            ("[1 2]", "line 1, column 4", "a comma or ]"), ("[1,]", "line 1, column 4", "a value"),
            ("[1.]", "line 1, column 4", "a digit"),
            ("[\"a]", "line 1, column 5", "the closing quote"),
            ("['a']", "line 1, column 2", "a value"),
        ] {
            #expect(
                decode(text)?.detail
                    == "The body is not valid JSON at \(place): \(expected) is expected there.")
        }
        let deep = String(repeating: "[", count: 101)
        #expect(decode(deep)?.detail == "The body is nested deeper than 100 levels.")
    }

    @Test func `requests between services are not checked again`() throws {
        let body = Array(#"{"name": "a\#(marks(200))", "name": "b"}"#.utf8)
        #expect(throws: Never.self) { try JSON.decode(Body.self, body, within: .trusted) }
        #expect(throws: Fault.self) {
            try JSON.decode(Body.self, Array("{".utf8), within: .trusted)
        }
    }
}

/// Bodies that fill a MiB with what costs most.
@Suite struct JSONCostTests {
    private static let shapes: [(String, @Sendable (Int) -> String)] = [
        ("one class of marks as a name", { "{\"a\(marks($0 / 2))\": 1}" }),
        ("two classes as a name", { "{\"a\(twoClasses($0))\": 1}" }),
        ("two classes as a text", { "{\"name\": \"\(twoClasses($0))\"}" }),
        ("marks as escapes", { "{\"name\": \"\(marks($0 / 12, "\\u0301\\u0316"))\"}" }),
        ("marks as escapes of a name", { "{\"\(marks($0 / 12, "\\u0301\\u0316"))\": 0}" }),
        ("names with as many marks as may be", { list($0) { "{\"a\(marks(30))\($0)\": 0}" } }),
        ("texts with as many marks as may be", { list($0) { _ in "\"a\(twoClasses(60))\"" } }),
        ("members", { "{" + list($0) { "\"\($0)\": 0" }.dropFirst().dropLast() + "}" }),
        ("objects of a hundred members", { list($0) { _ in "[\(hundred)]" } }),
        ("items", { list($0) { _ in "\"\"" } }),
        ("one number", { "{\"list\": \(marks($0, "9"))}" }),
        ("a number with an exponent", { "{\"list\": 1e\(marks($0, "9"))}" }),
        ("brackets", { marks($0, "[") }),
        ("objects in objects", { marks($0 / 5, "{\"a\":") }),
        ("white space", { "{\"name\": \"\(marks($0, " "))\"}" }),
        ("escaped quotes", { "{\"name\": \"\(marks($0 / 2, "\\\""))\"}" }),
        ("line feeds", { marks($0, "\n") }),
    ]

    private static let hundred =
        "{" + (0..<100).map { "\"\($0)\":0" }.joined(separator: ",") + "}"

    private static func twoClasses(_ size: Int) -> String {
        marks(size / 4) + marks(size / 4, "\u{316}")
    }

    private static func marks(_ count: Int, _ mark: String = "\u{301}") -> String {
        String(repeating: mark, count: count)
    }

    private static func list(_ size: Int, _ item: (Int) -> String) -> String {
        let width = item(100_000).utf8.count + 1
        return "[" + (0..<(size / width)).map(item).joined(separator: ",") + "]"
    }

    @Test(arguments: shapes.indices) func `parsing a body takes linear time`(index: Int)
        async throws
    {
        let (name, shape) = Self.shapes[index]
        let bodies = [1 << 18, 1 << 20].map { ($0, Array(shape($0).utf8)) }
        let cost = try await Cost(of: 1 << 20) { size in
            let body = bodies.first { $0.0 == size }?.1 ?? []
            _ = try? JSON.decode(Body.self, body)
            _ = try? JSON.decode([Body].self, body)
            _ = try? JSON.decode([String].self, body)
            _ = try? JSON.decode([String: Int].self, body)
        }
        #expect(cost.isLinear, "\(name): \(cost)")
    }
}

@Suite struct RequestCostTests {
    private static let bodies = [
        #"{"\#(marks)": 1}"#, #"{"name": "\#(marks)"}"#, #"{"list": ["\#(marks)"]}"#,
    ]
    private static let marks =
        "a" + String(repeating: "\u{301}", count: 1 << 18)
        + String(repeating: "\u{316}", count: 1 << 18 - 20)

    /// Without the bound each body takes minutes of the loop.
    @Test(.timeLimit(.minutes(2)))
    func `a MiB of combining marks is refused quickly`() async throws {
        let take = Endpoint(
            "take", .post, "/api/take", access: .open, bodyLimit: 1 << 20, summary: "Take")
        let ping = Endpoint(
            "ping", .get, "/api/ping", access: .open, summary: "Ping",
            query: [Member("q", "A text.")])
        let routes = [
            Route.now(take) { .json(try $0.decode(Body.self)) },
            Route.now(ping) { .json([try $0.query("q") ?? ""]) },
        ]
        try await withAPI(routes) { _, server in
            let api = APIClient(port: server.port)
            for (body, pointer) in zip(Self.bodies, ["", "/name", "/list/0"]) {
                async let other = api.call("GET", "/api/ping")
                let answer = try await api.call("POST", "/api/take", body: body)
                #expect(answer.status == 422 && answer.code == "validation_failed", "\(pointer)")
                #expect(answer.text.contains("\"pointer\":\"\(pointer)\""), "\(answer.text)")
                #expect(try await other.status == 200)
            }
            let escaped = String(repeating: "%CC%81", count: 31)
            #expect(try await api.call("GET", "/api/ping?q=a\(escaped)").code == "malformed_query")
            #expect(try await api.call("GET", "/api/ping?a\(escaped)=1").code == "malformed_query")
            let many = String(repeating: "a&", count: 101)
            #expect(try await api.call("GET", "/api/ping?\(many)").code == "malformed_query")
            #expect(try await api.call("GET", "/api/ping?q=a%CC%81").status == 200)
        }
    }
}
