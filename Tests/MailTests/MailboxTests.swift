import Mail
import Testing

@Suite struct MailboxTests {
    @Test(
        arguments: [
            "", "ada", "ada@", "@example.com", "a@b@c.de", "ada@example.com\r\n",
            "ada@example.com\nBcc: x@y.de", " ada@example.com", "ada@example.com ",
            "ada@exam\u{0}ple.com", "<ada@example.com>", "ada@example.com>", "a da@example.com",
            "ada@example.com\u{2028}", "ädä@example.com", "ada@[127.0.0.1]", "\"a b\"@example.com",
            "ada@example.com,eve@example.com", "ada@\u{202E}example.com",
        ])
    func `anything but one address is refused`(_ text: String) {
        #expect(Mailbox(text) == nil)
        #expect(Mailbox(parsing: "Name <\(text)>") == nil)
    }

    @Test func `an address is normalized`() {
        #expect(Mailbox("Ada@Example.COM")?.address == "ada@example.com")
    }

    @Test(
        arguments: [
            ("a@b.de", nil), (" a@b.de ", nil), ("<a@b.de>", nil), ("Ada <a@b.de>", "Ada"),
            ("Ada L. <a@b.de>", "Ada L."), ("\"Ada, L.\" <a@b.de>", "Ada, L."),
            ("Zoë<a@b.de>", "Zoë"),
        ] as [(String, String?)])
    func `the sender's setting can include a name`(_ text: String, _ name: String?) {
        #expect(Mailbox(parsing: text) == Mailbox("a@b.de", name: name))
        #expect(Mailbox(parsing: text)?.name == name)
    }

    @Test(arguments: ["", "Ada", "Ada <a@b.de", "a@b.de>", "<x> <a@b.de>", "A\"b <a@b.de>"])
    func `a malformed sender's setting is refused`(_ text: String) {
        #expect(Mailbox(parsing: text) == nil)
    }
}
