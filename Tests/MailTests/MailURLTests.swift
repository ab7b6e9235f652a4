import Mail
import TestSupport
import Testing

@Suite struct MailURLTests {
    private func url(_ text: String) throws -> MailURL { try MailURL(text, dataFolder: "/data") }

    @Test(
        arguments: [
            ("file:mail", "/data/mail"), ("file:a/b", "/data/a/b"), ("file:/var/mail", "/var/mail"),
            ("file:///var/mail", "/var/mail"),
        ])
    func `the URL of a folder is parsed`(_ text: String, _ folder: String) throws {
        #expect(try url(text) == .file(folder: folder))
    }

    private static let login = SMTPLogin(user: "user", password: "password")

    @Test(
        arguments: [
            ("smtp://relay", SMTPRelay(host: "relay", port: 25, security: .opportunistic)),
            (
                "smtp://relay.example:2525/",
                SMTPRelay(host: "relay.example", port: 2525, security: .opportunistic)
            ),
            ("smtp://127.0.0.1:1?tls=none", SMTPRelay(host: "127.0.0.1", port: 1)),
            ("smtp://[::1]/?tls=required", SMTPRelay(host: "::1", port: 25, security: .required)),
            (
                "smtp://[2001:db8::1]:587?tls=opportunistic",
                SMTPRelay(host: "2001:db8::1", port: 587, security: .opportunistic)
            ),
            ("smtps://relay", SMTPRelay(host: "relay", port: 465, security: .immediate)),
            (
                "smtps://user:password@relay:2465?tls=required",
                SMTPRelay(host: "relay", port: 2465, security: .immediate, login: login)
            ),
            (
                "smtp://user:password@relay",
                SMTPRelay(host: "relay", port: 587, security: .required, login: login)
            ),
            (
                "smtp://user:password@relay:25?tls=required",
                SMTPRelay(host: "relay", port: 25, security: .required, login: login)
            ),
        ])
    func `the URL of a relay is parsed, and a login requires TLS`(
        _ text: String, _ expected: SMTPRelay
    ) throws {
        #expect(try url(text) == .smtp(expected))
    }

    @Test func `user and password are percent-decoded once`() throws {
        let text = "smtp://ada%40example.com:p%3Aa:+%2F%3f%2540%20%C3%BC!$&'()*,;=~@relay"
        let login = SMTPLogin(user: "ada@example.com", password: "p:a:+/?%40 ü!$&'()*,;=~")
        #expect(
            try url(text)
                == .smtp(SMTPRelay(host: "relay", port: 587, security: .required, login: login)))
    }

    @Test(
        arguments: [
            "", "mail", "/var/mail", "file:", "file://", "file://host/mail", "file:a\u{0}b",
            "smtp:relay", "smtp://", "smtp:///", "smtp://:25", "smtp://relay:", "smtp://relay:0",
            "smtp://relay:65536", "smtp://relay:+25", "smtp://relay:25a", "smtp://relay/path",
            "smtp://re lay", "smtp://::1", "smtp://[::1", "smtp://[::1]25", "smtp://[127.0.0.1]",
            "smtp://[fe80::1%25eth0]", "SMTP://relay", "http://relay", "smtp://relay\r\n",
            "smtp://rélay", "smtps:relay", "smtps://",
        ])
    func `other URLs are refused`(_ text: String) {
        let mistake = caught(MailURL.Mistake.self) { try url(text) }
        #expect(mistake?.rule.hasPrefix("must be file:<folder>, smtp://host[:port]") == true)
    }

    @Test(
        arguments: [
            "smtp://user@relay", "smtp://@relay", "smtp://user:@relay", "smtp://:secret@relay",
            "smtp://user:sec@ret@relay", "smtp://user:sec/ret@relay", "smtp://user:sec?ret@relay",
            "smtp://user:sec#ret@relay", "smtp://user:sec%ret@relay", "smtp://user:secret%4@relay",
            "smtp://user:secret%00@relay", "smtp://user:sec%0D%0Aret@relay",
            "smtp://user:secret%FF@relay", "smtp://user:sécret@relay", "smtp://user:sec ret@relay",
            "smtp://user:secret@", "smtps://user:secret@relay:x", "smtp://user:sec^ret@relay",
        ])
    func `a login that isn't encoded is refused, without showing it`(_ text: String) {
        let mistake = caught(MailURL.Mistake.self) { try url(text) }
        #expect(mistake?.rule.contains("percent-encoded: %40 is @") == true)
        #expect(mistake?.rule.contains("secret") == false)
    }

    @Test(
        arguments: [
            "smtp://relay?", "smtp://relay?x=1", "smtp://relay?tls=yes", "smtp://relay?tls=",
            "smtp://relay?tls=required&x=1", "smtp://relay?TLS=required", "smtps://relay?tls=none",
            "smtps://relay?tls=opportunistic", "smtp://user:secret@relay?tls=require",
        ])
    func `tls is required, opportunistic or none`(_ text: String) {
        let mistake = caught(MailURL.Mistake.self) { try url(text) }
        #expect(mistake?.rule.hasPrefix("must end in ?tls=required, ?tls=opportunistic") == true)
    }

    @Test func `a login without TLS is possible on this machine alone`() throws {
        for host in ["relay", "10.0.0.1", "localhost", "128.0.0.1", "[::2]", "[2001:db8::1]"] {
            for tls in ["none", "opportunistic"] {
                let mistake = caught(MailURL.Mistake.self) {
                    try url("smtp://user:secret@\(host)?tls=\(tls)")
                }
                #expect(mistake?.rule.hasPrefix("must not send a user") == true, "\(host) \(tls)")
            }
        }
        for host in ["127.0.0.1", "127.8.9.1", "[::1]"] {
            let local = try url("smtp://user:password@\(host)?tls=none")
            guard case .smtp(let relay) = local else {
                Issue.record("no relay")
                continue
            }
            #expect(relay.login == Self.login && relay.security == .none)
            // Whether TLS happens must not depend on the relay there either.
            #expect(
                caught(MailURL.Mistake.self) {
                    try url("smtp://user:password@\(host)?tls=opportunistic")
                } != nil)
        }
    }

    @Test func `neither texts nor dumps of a URL show user and password`() throws {
        let relay = try url("smtp://someone:secret@relay")
        var text = "\(relay) \(String(reflecting: relay))"
        dump(relay, to: &text)
        #expect(text.contains("relay") && text.contains("587"))
        #expect(!text.contains("secret") && !text.contains("someone"))
    }

    @Test func `the default is a folder in the data folder`() throws {
        #expect(try MailURL(MailURL.fallback, dataFolder: "d") == .file(folder: "d/mail"))
    }
}
