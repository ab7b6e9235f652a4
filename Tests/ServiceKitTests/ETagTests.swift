import HTTPCore
import Kernel
import TestSupport
import Testing

@testable import ServiceKit

@Suite struct ETagTests {
    private let tag = ETag.of(Array("{}".utf8))

    @Test func `entity tags depend on the body only`() {
        #expect(tag == ETag.of(Array("{}".utf8)))
        #expect(tag != ETag.of(Array("{} ".utf8)))
        #expect(tag.hasPrefix("\"") && tag.hasSuffix("\"") && tag.utf8.count == 24)
    }

    @Test(arguments: [
        "\"a\"", "\"a\", \"b\"", "\"a\",\"b\"", "W/\"a\"", ", \"a\" ,,", "\"\"", "*", "\"a,b\"",
    ])
    func `lists of entity tags are read`(_ text: String) {
        #expect(ETag.Condition(text) != nil)
    }

    @Test(arguments: [
        "", " ", "a", "\"a", "a\"", "\"a\"b", "\"a\"\"b\"", "w/\"a\"", "\"a b\"", "**",
        "\"a\" \"b\"",
    ])
    func `a malformed list of entity tags is refused`(_ text: String) {
        #expect(ETag.Condition(text) == nil)
    }

    @Test func `If-Match compares strongly, If-None-Match weakly`() throws {
        let weak = try #require(ETag.Condition("W/\"a\""))
        #expect(!weak.holds(for: "\"a\"", weakly: false))
        #expect(weak.holds(for: "\"a\"", weakly: true))
        let strong = try #require(ETag.Condition("\"b\", \"a\""))
        #expect(strong.holds(for: "\"a\"", weakly: false))
        #expect(!strong.holds(for: "\"c\"", weakly: true))
        let any = try #require(ETag.Condition("*"))
        #expect(any.holds(for: "\"c\"", weakly: false))
    }

    @Test func `a precondition is compared with what a GET returns`() throws {
        let shown = Response.resource(["name": "x"])
        let tag = try #require(shown.value("ETag"))
        func check(_ fields: [String], _ current: [String: String]?) throws -> Fault.Kind? {
            let demanded = Current<[String: String]?>.shown { $0 }
            let condition = try request(fields).condition(on: demanded)
            return fault { try condition?(current) }?.kind
        }
        #expect(try check([], ["name": "y"]) == nil)
        #expect(try check(["If-Match: \(tag)"], ["name": "x"]) == nil)
        #expect(try check(["If-Match: \(tag)"], ["name": "y"]) == .preconditionFailed)
        #expect(try check(["If-Match: \"no\"", "If-Match: \(tag)"], ["name": "x"]) == nil)
        #expect(try check(["If-Match: *"], nil) == .preconditionFailed)
        #expect(try check(["If-None-Match: *"], nil) == nil)
        #expect(try check(["If-None-Match: *"], ["name": "x"]) == .preconditionFailed)
        #expect(fault { try request(["If-Match: abc"]).precondition }?.kind == .malformed)
    }

    @Test func `the tag of either representation satisfies If-Match`() throws {
        let (part, whole) = (["name": "x"], ["name": "x", "more": "y"])
        let tags = try [part, whole].map { try #require(Response.resource($0).value("ETag")) }
        func holds(_ field: String) throws -> Bool {
            let demanded = Current<Void>.shown({ part }, or: { whole })
            let condition = try request([field]).condition(on: demanded)
            return fault { try condition?(()) } == nil
        }
        for tag in tags {
            #expect(try holds("If-Match: \(tag)"))
            #expect(try !holds("If-None-Match: \(tag)"))
        }
        #expect(try !holds("If-Match: \"no\""))
        #expect(try holds("If-None-Match: \"no\""))
        #expect(try !holds("If-None-Match: *"))
    }

    @Test func `If-None-Match with the current tag gets 304 without a body`() throws {
        var shown = Response.resource(["name": "x"])
        shown.add("X-Other", "kept")
        let tag = try #require(shown.value("ETag"))
        func answer(_ fields: [String], _ method: String = "GET") throws -> Response {
            try shown.conditional(on: try head("/api/things", fields, method: method))
        }
        for condition in [tag, "W/\(tag)", "\"a\", \(tag)", "*"] {
            let known = try answer(["If-None-Match: \(condition)"])
            #expect(known.status == 304 && known.body.isEmpty)
            #expect(known.value("ETag") == tag && known.value("X-Other") == "kept")
            #expect(known.value("Content-Type") == nil)
        }
        #expect(try answer(["If-None-Match: \(tag)"], "HEAD").status == 304)
        #expect(try answer(["If-None-Match: \"a\""]).status == 200)
        #expect(try answer(["If-None-Match: garbage"]).status == 200)
        #expect(try answer(["If-None-Match: \(tag)", "Content-Length: 0"], "PUT").status == 200)
        #expect(try answer([]).status == 200)
        #expect(try answer(["If-Match: \(tag)"]).status == 200)
        let stale = fault { try answer(["If-Match: \"a\"", "If-None-Match: \(tag)"]) }
        #expect(stale == .preconditionFailed)
    }

    private func request(_ fields: [String]) throws -> RequestContext {
        try ServiceKitTests.request("/api/things", fields)
    }
}
