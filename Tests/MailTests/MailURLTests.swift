import Mail
import Testing

@Suite struct MailURLTests {
    @Test(
        arguments: [
            ("file:mail", .file(folder: "/data/mail")), ("file:a/b", .file(folder: "/data/a/b")),
            ("file:/var/mail", .file(folder: "/var/mail")),
            ("file:///var/mail", .file(folder: "/var/mail")),
            ("smtp://relay", .smtp(host: "relay", port: 25)),
            ("smtp://relay.example:2525/", .smtp(host: "relay.example", port: 2525)),
            ("smtp://127.0.0.1:1", .smtp(host: "127.0.0.1", port: 1)),
            ("smtp://[::1]", .smtp(host: "::1", port: 25)),
            ("smtp://[2001:db8::1]:587", .smtp(host: "2001:db8::1", port: 587)),
        ] as [(String, MailURL)])
    func `the URL of a folder or a relay is parsed`(_ text: String, _ expected: MailURL) {
        #expect(MailURL(text, dataFolder: "/data") == expected)
    }

    @Test(
        arguments: [
            "", "mail", "/var/mail", "file:", "file://", "file://host/mail", "file:a\u{0}b",
            "smtp:relay", "smtp://", "smtp:///", "smtp://:25", "smtp://relay:", "smtp://relay:0",
            "smtp://relay:65536", "smtp://relay:+25", "smtp://relay:25a", "smtp://relay/path",
            "smtp://user@relay", "smtp://user:password@relay:25", "smtp://relay?x=1",
            "smtp://re lay", "smtp://::1", "smtp://[::1", "smtp://[::1]25", "smtp://[127.0.0.1]",
            "smtp://[fe80::1%25eth0]", "smtps://relay", "SMTP://relay", "http://relay",
            "smtp://relay\r\n", "smtp://rélay",
        ])
    func `other URLs are refused`(_ text: String) {
        #expect(MailURL(text, dataFolder: "/data") == nil)
    }

    @Test func `the default is a folder in the data folder`() {
        #expect(MailURL(MailURL.fallback, dataFolder: "d") == .file(folder: "d/mail"))
    }
}
