import Kernel
import Testing

@Suite struct TextFoldingTests {
    @Test(arguments: [
        ("STRASSE", "straße"), ("STRAẞE", "strasse"), ("ΌΣΟΣ", "όσος"), ("ΌΣΟΣ", "όσοσ"),
        ("Éditeur", "e\u{301}DITEUR"), ("ﬁle", "FILE"), ("ſtop", "STOP"), ("İ", "i\u{307}"),
        ("ǅ", "ǆ"), ("ǰ", "J\u{30C}"), ("\u{1E9A}", "A\u{2BE}"), ("ᾼ", "αι"), ("\u{345}", "Ι"),
        ("\u{212A}elvin", "Kelvin"), ("\u{2126}", "ω"), ("Ꭰ", "\u{AB70}"), ("ᲀ", "в"),
        ("𐐀", "𐐨"), ("և", "ԵՒ"), ("ow\u{200B}ner", "owner"), ("ow\u{AD}ner", "OWNER"),
        ("\u{FEFF}owner\u{2060}", "owner"), ("❤️", "❤"), ("می‌خواهم", "میخواهم"),
        ("e\u{34F}\u{301}", "É"), ("Grace", "gRACE"),
    ])
    func `names that fold to the same text are equal`(one: String, other: String) {
        let (one, other) = (Text.folded(one), Text.folded(other))
        #expect(one.utf8.elementsEqual(other.utf8))
        for folded in [one, other] {
            #expect(Text.folded(folded).utf8.elementsEqual(folded.utf8))
        }
    }

    @Test(arguments: [
        ("resume", "résumé"), ("ı", "i"), ("İ", "i"), ("Ａ", "A"), ("①", "1"), ("o", "о"),
        ("a b", "ab"), ("ss", "s"), ("ö", "oe"),
    ])
    func `names that fold to different texts differ`(one: String, other: String) {
        #expect(Text.folded(one) != Text.folded(other))
    }

    @Test func `folding twice is folding once, for every character`() {
        var changed: [UInt32] = []
        for value in UInt32(0)...0x1FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let folded = Text.folded(String(scalar))
            if !Text.folded(folded).utf8.elementsEqual(folded.utf8) { changed.append(value) }
        }
        #expect(changed.isEmpty)
    }

    @Test func `a search term matches a part of a folded name`() {
        let name = Text.folded("Große ΌΣΟΣ Straße")
        for part in ["GROSSE", "große", "όσος", "Σ", "SS", "strasse", "stra\u{AD}ße"] {
            #expect(name.contains(Text.folded(part)), "\(part)")
        }
    }
}
