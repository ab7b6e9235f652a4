import Testing

@testable import HTTPCore

/// A request with other values in its target.
@Suite struct ReplacingTests {
    private func replaced(
        _ target: String, _ pattern: String, path: [String?], query: [String: String] = [:]
    ) throws -> (target: String, values: [String], items: [String])? {
        let text = "GET \(target) HTTP/1.1\r\nHost: a\r\nX-Other: kept\r\n\r\n"
        var parser = RequestParser(limits: HTTPLimits())
        let event = Array(text.utf8).withUnsafeBytes { parser.next($0).event }
        guard case .head(let head) = event else { throw HTTPError.bad("no head") }
        let router = Router([(.get, pattern, 0)])
        let match = head.withPath { router.match(.get, $0) }
        guard case .found(_, let parameters) = match else { throw HTTPError.bad("no match") }
        guard
            let (new, moved) = head.replacing(
                parameters, path: { path[$0] }, query: { query["\($0)=\($1)"] })
        else { return nil }
        #expect(new.fields.values(named: "x-other") == ["kept"] && new.method == .get)
        #expect(!new.hasTarget(of: head) && head.hasTarget(of: head))
        return (
            new.withTarget { String(decoding: $0, as: UTF8.self) },
            (0..<moved.count).map { new.decodedPath(moved[$0]) ?? "" },
            (new.queryItems() ?? []).map { "\($0.name)=\($0.value)" }
        )
    }

    @Test func `parameters get values of any length, encoded`() throws {
        let new = try #require(
            try replaced(
                "/a/1/b/22?x=%20", "/a/{a}/b/{b}", path: ["é/ longer", nil]))
        #expect(new.target == "/a/%C3%A9%2F%20longer/b/22?x=%20")
        #expect(new.values == ["é/ longer", "22"] && new.items == ["x= "])
        let short = try #require(try replaced("/a/111/b/22", "/a/{a}/b/{b}", path: [nil, "3"]))
        #expect(short.target == "/a/111/b/3" && short.values == ["111", "3"])
    }

    @Test func `values of the query are changed by name and value`() throws {
        let new = try #require(
            try replaced(
                "/a?x=1&&y=%31&x=2&z", "/a", path: [], query: ["x=1": "a b&c", "y=1": "é"]))
        #expect(new.target == "/a?x=a%20b%26c&&y=%C3%A9&x=2&z")
        #expect(new.items == ["x=a b&c", "y=é", "x=2", "z="])
    }

    @Test func `a request of which nothing changes is the same`() throws {
        #expect(try replaced("/a/1?x=1", "/a/{a}", path: [nil], query: ["x=2": "3"]) == nil)
        #expect(try replaced("/a/1", "/a/{a}", path: [nil]) == nil)
    }
}
