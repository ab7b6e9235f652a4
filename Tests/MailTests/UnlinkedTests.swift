import Mail
import Testing

@Suite struct UnlinkedTests {
    @Test(arguments: [
        "http://evil.example/login", "HTTPS://EVIL.EXAMPLE", "www.evil.example", "evil.example/…",
        "Ada (evil.com)", "me@evil.example", "a.b.c.d.example", "ftp://evil", "пример.рф",
        "evil。com", "evil．com", "evil｡com", "例え.テスト", "-.com", "https://evil", "evil.com.",
        "..evil.com",
        "evil.\u{200D}com", "javascript://evil.com", #"\\evil\share"#, "http:/\u{200B}/evil.com",
        "1.2.3.evil.com", "t.co", "a\nb.com", "see:http://x.y", #"http:\\evil.com"#,
    ])
    func `no text remains that mail clients turn into a link`(text: String) {
        let plain = Unlinked.text(text)
        #expect(!plain.contains("://") && !plain.contains(#"\\"#) && !plain.contains(#":\"#))
        // A dot that joins two labels, the second of which is no number.
        let link = /\S[.。．｡]\p{Default_Ignorable_Code_Point}*[a-zA-Zа-яテ]/
        // By scalars: what is invisible is one character with what stands before it.
        #expect(!plain.contains(link.matchingSemantics(.unicodeScalar)), "\(plain)")
    }

    @Test(arguments: [
        "Release notes 2.0", "Dr. No", "The .NET way", "e. g.", "…", "Wait...", "10:30", "a/b",
        "C++",
        "Grace Hopper",
        "日本語。テスト", "3.14", ".", "", "Ratio 1:2", "I/O", "a\\b", "👩‍👩‍👧",
    ])
    func `other text is unchanged`(text: String) {
        #expect(Unlinked.text(text).utf8.elementsEqual(text.utf8))
    }

    @Test func `changed text looks the same`() {
        #expect(Unlinked.text("Node.js") == "Node\u{2024}js")
        #expect(
            Unlinked.text("http://evil.example/a.b") == "http: //evil\u{2024}example/a\u{2024}b")
    }
}
