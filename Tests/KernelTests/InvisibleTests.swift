import Kernel
import Testing

@Suite struct InvisibleTests {
    @Test(arguments: [
        "👩‍👩‍👧", "👩🏽‍💻", "❤️", "❤︎", "❤️‍🔥", "🏳️‍🌈", "🏴‍☠️", "🧑🏻‍🦰", "🐈‍⬛", "1️⃣ first", "🙂‍↔️",
        "🏴󠁧󠁢󠁥󠁮󠁧󠁿 England", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "کتاب‌ها", "می‌خواهم", "ه‍", "र्‍", "क्‍ष", "ශ්‍රී ලංකා", "র‍্যাব",
        "ന്‍", "ಅರ‍್ಥ", "葛\u{E0100}飾", "\u{2229}\u{FE00}", "ᠰᠡᠷ\u{180E}ᠡ", "ᠮ\u{180B}ᠣ",
        "C++\u{200E} שלום", "\u{200F}שלום", "سلام\u{61C} 1",
    ])
    func `invisible characters that scripts and emoji need are kept`(name: String) throws {
        #expect(try Text.name(name, pointer: "/name") == name)
    }

    @Test(arguments: [
        ("ow\u{200B}ner", "U+200B"), ("own\u{2060}er", "U+2060"), ("\u{FEFF}owner", "U+FEFF"),
        ("ow\u{AD}ner", "U+00AD"), ("owner\u{200D}", "U+200D"), ("ow\u{200C}ner", "U+200C"),
        ("ow\u{200E}ner", "U+200E"), ("owner\u{FE0F}", "U+FE0F"), ("o\u{FE00}wner", "U+FE00"),
        ("owner\u{E0100}", "U+E0100"), ("owner\u{E0061}", "U+E0061"), ("ow\u{34F}ner", "U+034F"),
        ("a\u{3164}b", "U+3164"), ("a\u{115F}b", "U+115F"), ("a\u{FFA0}b", "U+FFA0"),
        ("a\u{180B}", "U+180B"), ("a\u{1D173}b", "U+1D173"), ("😀\u{200B}😀", "U+200B"),
        ("😀\u{200D}", "U+200D"), ("a\u{200D}😀", "U+200D"), ("1\u{200D}😀", "U+200D"),
        ("😀\u{200C}😀", "U+200C"), ("a\u{200D}\u{94D}", "U+200D"),
        ("🏴\u{E0067}\u{E0062}\u{E007F}", "U+E0067"), ("🏴󠁧󠁢󠁥󠁮󠁧󠁿\u{E0061}", "U+E0061"),
        ("शलाम\u{200D}x", "U+200D"),
    ])
    func `other invisible characters are refused by name`(name: String, number: String) {
        let fault = #expect(throws: Fault.self) { try Text.name(name, pointer: "/name") }
        #expect(
            fault?.fields == [
                .init("/name", "must not contain the invisible character \(number)")
            ])
    }

    @Test func `a name of invisible characters alone is empty`() {
        for name in ["\u{200B}", "\u{3164}", "\u{200D}\u{FE0F}", " \u{AD} "] {
            let fault = #expect(throws: Fault.self) { try Text.name(name, pointer: "/name") }
            #expect(fault?.fields == [.init("/name", "must not be empty")])
        }
    }

    @Test func `multi-line text can contain invisible characters`() throws {
        let text = "ภาษา\u{200B}ไทย\nAuf\u{AD}gabe"
        #expect(try Text.optionalText(text, pointer: "/description") == text)
    }
}
