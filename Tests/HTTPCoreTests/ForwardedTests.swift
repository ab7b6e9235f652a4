import Testing

@testable import HTTPCore

@Suite struct ForwardedTests {
    private func nodes(_ name: FieldName, _ lines: [String]) throws -> [String?] {
        let fields = lines.map { "\(name.rawValue): \($0)\r\n" }.joined()
        var parser = RequestParser(limits: HTTPLimits())
        let bytes = Array("GET / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n".utf8)
        guard case .head(let head) = bytes.withUnsafeBytes({ parser.next($0).0 }) else {
            Issue.record("no head: \(lines)")
            return []
        }
        return Forwarded.nodes(name, in: head.fields)
    }

    @Test func `Forwarded nodes are in order over all lines`() throws {
        #expect(
            try nodes(.xForwardedFor, ["1.1.1.1, 2.2.2.2:80", "[::1]:9"])
                == ["1.1.1.1", "2.2.2.2", "::1"])
        #expect(
            try nodes(.forwarded, [#"for=1.1.1.1;by=x, for="[::1]""#, "host=a"])
                == ["1.1.1.1", "::1", nil])
    }

    /// Otherwise a client's backslash would swallow the comma before what a proxy adds.
    @Test func `a backslash outside quotes does not escape the comma`() throws {
        #expect(try nodes(.xForwardedFor, [#"\, 1.1.1.1"#]).last == "1.1.1.1")
        #expect(try nodes(.forwarded, [#"for=\,for=1.1.1.1"#]).last == "1.1.1.1")
    }

    @Test func `an element with two nodes names none`() throws {
        #expect(try nodes(.forwarded, ["for=1.1.1.1;for=2.2.2.2"]) == [nil])
    }

    @Test(arguments: ["\"", "\"\\", "\"a\"b", "[", "[]", ":80", "a:b", "[::1]:x", "\"\""])
    func `a malformed Forwarded field has no nodes`(text: String) throws {
        #expect(try nodes(.xForwardedFor, [text]) == [nil])
        #expect(try nodes(.forwarded, ["for=\(text)"]) == [nil])
    }

    @Test func `parsing a list as long as a head takes linear time`() throws {
        let list = [String](repeating: "1.1.1.1", count: 1_500).joined(separator: ",")
        #expect(try nodes(.xForwardedFor, [list]).count == 1_500)
    }
}
