import Testing

@testable import HTTPCore

struct TargetTests {
    private func status(_ target: String, _ fields: String = "Host: example.com\r\n") -> Int {
        let reading = readRequests([bytes("GET \(target) HTTP/1.1\r\n\(fields)\r\n")[...]])
        guard let last = reading.events.last, last.hasPrefix("fail ") else { return 0 }
        return Int(last.split(separator: " ")[1]) ?? -1
    }

    @Test(arguments: [
        "/", "/a", "/a/", "/a/b.c/..d/e..", "/...", "/a;x=1", "/%20", "/%C3%A9", "/a?", "/a?b=c&d",
        "/a??", "/a?/%2F%00", "/-._~!$&'()*+,;=:@", "/.a", "/a.", "/ext:a%2Fb/c", "/a/ext%3a%5c",
        "/user:ext:..%2f..", "/%74eam%3Aext:%2F/b",
    ])
    func `a plain path is accepted`(target: String) {
        #expect(status(target) == 0)
    }

    @Test(arguments: [
        "//", "//a", "/a//b", "/.", "/..", "/a/.", "/a/..", "/a/../b", "/./a", "/%2e", "/%2E%2e/a",
        "/.%2e", "/..;x", "/.;", "/a/%2e%2E;y/b", "/%2F", "/a%2fb", "/%5C", "/%00", "/%0a", "/%7f",
        "/%1F", "/ext:a/%2F", "/Ext:%2F", "/a:ext:%2F", "/%2Fext:", "/ext:%00", "/ext%2F:", "/%",
        "/%4", "/%zz", "/%4", "/a\\b", "/a\"b", "/<a>", "/{a}", "/a^", "/a|b", "/`",
        "/a?b%", "/a?b%2", "/a?b%zz", "/a?b\"", "/a?b#c", "?a", "a/b", "*",
    ])
    func `an ambiguous path is refused`(target: String) {
        #expect(status(target) == 400)
    }

    @Test(arguments: [
        "a", "a.b", "A-1.example", "127.0.0.1", "a:", "a:1", "a:65535", "[::1]", "[::1]:80",
        "[2001:db8::ffff:1.2.3.4]", "xn--e-ffa.example", "under_score",
    ])
    func `a host with an optional port is accepted`(host: String) {
        #expect(status("/", "Host: \(host)\r\n") == 0)
    }

    @Test(arguments: [
        "", " ", "a:65536", "a:123456", "a:-1", "a:+1", "a:1:2", "a b", "a/b", "a@b", "a?b", "a#b",
        "a%41",
        "[::1", "::1]", "[]", "[::1]x", "[::1]:x", "[127.0.0.1]", "[fe80::1%25eth0]", "a\\b",
        "a,b c",
        "http://a", "a\u{e9}", ":80", "[v1.x]", "a\"", "<a>",
    ])
    func `an invalid host is refused`(host: String) {
        #expect(status("/", "Host: \(host)\r\n") == 400)
    }

    @Test func `a URL must name the host that Host names`() {
        #expect(status("http://example.com/a") == 0)
        #expect(status("http://Example.COM/a") == 0)
        #expect(status("http://example.com:80/a") == 400)
        #expect(status("http://evil.com/a") == 400)
        #expect(status("http:///a") == 400)
        #expect(status("http://example.com?a") == 400)
        #expect(status("http://user@example.com/") == 400)
        #expect(status("http:/example.com/") == 400)
    }
}
