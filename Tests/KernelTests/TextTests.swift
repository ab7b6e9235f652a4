import Kernel
import Testing

private func name(_ raw: String, max: Int = 200) -> String? {
    try? Text.name(raw, pointer: "/name", max: max)
}

private func text(_ raw: String?, max: Int = 2000) throws(Fault) -> String? {
    try Text.optionalText(raw, pointer: "/description", max: max)
}

private func email(_ raw: String) -> String? { try? Text.email(raw, pointer: "/email") }
private func username(_ raw: String) -> String? { try? Text.username(raw, pointer: "/username") }

struct TextTests {
    @Test(arguments: [
        ("plain", "plain"), ("  two  words \t", "two  words"), ("\u{a0}\u{3000}x\u{2003}", "x"),
        ("e\u{301}", "\u{e9}"), ("\u{212b}", "\u{e5}".uppercased()), ("👩‍👩‍👧", "👩‍👩‍👧"),
        ("\u{200f}שלום", "\u{200f}שלום"),
    ])
    func `a name is trimmed and composed`(raw: String, expected: String) {
        #expect(name(raw)?.unicodeScalars.elementsEqual(expected.unicodeScalars) == true)
    }

    @Test(arguments: [
        "", " ", "\u{200b}", "\u{feff} \u{200d}", "a\nb", "a\tb", "a\u{0}b", "a\u{7f}", "a\u{85}b",
        "a\u{202e}b", "a\u{2066}b", "a\u{2028}b", "a\u{2029}b", "a\r\nb", "\u{1b}[31m",
    ])
    func `an empty name, or one with hidden characters, is refused`(raw: String) {
        #expect(name(raw) == nil)
    }

    @Test func `a name's length is counted in scalars`() {
        #expect(name(String(repeating: "😀", count: 200)) != nil)
        #expect(name(String(repeating: "😀", count: 201)) == nil)
        #expect(name("  " + String(repeating: "a", count: 200) + "  ") != nil)
        #expect(name("abc", max: 2) == nil)
        #expect(name("a" + String(repeating: "\u{301}", count: 300)) == nil)
    }

    @Test func `an error names the field`() {
        let fault = #expect(throws: Fault.self) {
            try Text.name("", pointer: "/invitees/0/name")
        }
        #expect(fault?.kind == .invalid)
        #expect(fault?.code == "validation_failed")
        #expect(fault?.fields == [.init("/invitees/0/name", "must not be empty")])
    }

    @Test func `longer text keeps its lines, and blank text is nil`() throws {
        #expect(try text(nil) == nil)
        #expect(try text("") == nil)
        #expect(try text(" \r\n\t ") == nil)
        #expect(try text("\u{200b}") == nil)
        #expect(try text(" a\r\n\tb\nc ") == "a\n\tb\nc")
        #expect(throws: Fault.self) { try text("a\rb") }
        #expect(throws: Fault.self) { try text("a\u{202d}b") }
        #expect(throws: Fault.self) { try text("abc", max: 2) }
    }

    @Test(arguments: [
        ("a@b.co", "a@b.co"), (" Name@Example.COM ", "name@example.com"),
        ("a.b+c_d-e@x-y.example", "a.b+c_d-e@x-y.example"), ("root@localhost", "root@localhost"),
        ("!#$%&'*+-/=?^_`{|}~@a.bc", "!#$%&'*+-/=?^_`{|}~@a.bc"),
        ("a@xn--e-ffa.example", "a@xn--e-ffa.example"), ("a@1.2.3.example", "a@1.2.3.example"),
    ])
    func `an e-mail address is normalized`(raw: String, expected: String) {
        #expect(email(raw) == expected)
    }

    @Test(arguments: [
        "", "a", "@b.co", "a@", "a@b", "a@@b.co", "a@b@c.co", ".a@b.co", "a.@b.co", "a..b@c.co",
        "a@.b.co", "a@b..co", "a@b.co.", "a@-b.co", "a@b-.co", "a@b_c.co", "a b@c.co", "a@b c.co",
        "\"a\"@b.co", "a@[127.0.0.1]", "a@127.0.0.1", "a(x)@b.co", "a<b>@c.co", "A <a@b.co>",
        "a@b.co,c@d.co", "a\r\nBcc: x@y.co", "a\u{0}@b.co", "é@b.co", "a@é.co", "\u{212a}@b.co",
        "a@b.co\u{200b}x",
    ])
    func `an invalid e-mail address is refused`(raw: String) {
        #expect(email(raw) == nil)
    }

    @Test func `an e-mail address has a maximum length`() {
        let label = String(repeating: "d", count: 63)
        #expect(email(String(repeating: "a", count: 64) + "@b.co") != nil)
        #expect(email(String(repeating: "a", count: 65) + "@b.co") == nil)
        #expect(email("a@\(label).co") != nil)
        #expect(email("a@\(label)d.co") == nil)
        let long = "a@" + Array(repeating: label, count: 3).joined(separator: ".")
        #expect(email(long + "." + String(repeating: "e", count: 254 - long.utf8.count - 1)) != nil)
        #expect(email(long + "." + String(repeating: "e", count: 254 - long.utf8.count)) == nil)
    }

    @Test(arguments: [
        ("My Entity", "my-entity"), ("  Été à la mer! ", "ete-a-la-mer"), ("C++ & Rust", "c-rust"),
        ("---", "item"), ("日本", "item"), ("", "item"), ("a--b__c", "a-b-c"), ("2026", "2026"),
        ("ß", "item"), ("x\u{301}y", "xy"), ("Ａ", "item"), ("-a-", "a"), ("a\u{0}b", "a-b"),
        ("\u{212a}elvin", "kelvin"),
    ])
    func `a slug is derived from a name`(name: String, slug: String) {
        #expect(Text.slug(from: name) == slug)
        #expect(Text.isSlug(slug))
    }

    @Test func `a slug is never too long and never ends in a hyphen`() {
        for count in 55...70 {
            let slug = Text.slug(from: String(repeating: "a", count: count) + " b c d e f g")
            #expect(slug.utf8.count <= 60)
            #expect(Text.isSlug(slug), "\(slug)")
        }
    }

    @Test func `invalid slugs are detected`() {
        for text in ["a", "0", "a-b", "a--b", String(repeating: "a", count: 60)] {
            #expect(Text.isSlug(text))
        }
        for text in [
            "", "-", "-a", "a-", "A", "a_b", "a b", "é", "a\n", "k\u{301}",
            String(repeating: "a", count: 61),
        ] {
            #expect(!Text.isSlug(text), "\(text)")
        }
    }

    @Test func `usernames are not normalized`() {
        for text in ["a", "0", "a.b", "a-_.", "z9", String(repeating: "u", count: 39)] {
            #expect(username(text) == text)
        }
        for text in [
            "", "A", ".a", "-a", "_a", " a", "a ", "a/b", "é", "a\u{0}",
            String(repeating: "u", count: 40),
        ] {
            #expect(username(text) == nil, "\(text)")
        }
    }
}
