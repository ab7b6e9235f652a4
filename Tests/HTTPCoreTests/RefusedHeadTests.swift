import Testing

@testable import HTTPCore

@Suite struct RefusedHeadTests {
    private func refused(_ text: String) -> RequestHead? {
        var parser = RequestParser(limits: HTTPLimits())
        let event = Array(text.utf8).withUnsafeBytes { parser.next($0).event }
        guard case .failure = event else { return nil }
        return parser.refused
    }

    @Test func `a request refused for its body or path can still be logged`() {
        let large = refused(
            "POST /a?b HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n"
                + "X-Request-Id: me\r\n\r\n")
        #expect(large?.pathText == "/a" && large?.fields[.xRequestId] == "me")
        let dots = refused("GET /a/../b HTTP/1.1\r\nHost: x\r\nX-Request-Id: me\r\n\r\n")
        #expect(dots?.pathText == "/a/../b" && dots?.fields[.xRequestId] == "me")
        #expect(large?.framing == BodyFraming.none && large?.keepAlive == false)
    }

    @Test func `a head with malformed lines is not parsed further`() {
        #expect(refused("GET /a HTTP/1.1\r\nHost : x\r\n\r\n") == nil)
        #expect(refused("GET /a HTTP/9.9\r\nHost: x\r\n\r\n") == nil)
    }

    @Test func `a field with too many combining marks in a row is refused`() {
        func status(_ value: String) -> Int? {
            var parser = RequestParser(limits: HTTPLimits())
            let text = "GET /a HTTP/1.1\r\nHost: x\r\nX-Any: \(value)\r\n\r\n"
            let event = Array(text.utf8).withUnsafeBytes { parser.next($0).event }
            if case .failure(let error) = event { return error.status }
            return nil
        }
        let marks = String(repeating: "\u{301}\u{316}", count: 15)
        #expect(status("a" + marks) == nil)
        #expect(status("a" + marks + "\u{301}") == 400)
        #expect(status(String(repeating: marks, count: 200)) == 400)
    }
}
