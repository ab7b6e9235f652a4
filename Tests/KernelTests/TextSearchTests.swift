import Kernel
import Testing

@Suite struct TextSearchTests {
    @Test(arguments: [nil, "", "  ", "\n", "\u{200B}", " \u{FEFF} "])
    func `a blank search is nil`(text: String?) throws {
        #expect(try Text.search(text) == nil)
    }

    @Test func `a search is trimmed like names`() throws {
        #expect(try Text.search(" Bot ") == "Bot")
    }

    @Test func `a search can contain invisible characters`() throws {
        let search = try Text.search("\u{FEFF}ow\u{AD}ner\u{200B}")
        #expect(search.map(Text.folded) == "owner")
    }

    @Test(arguments: ["a\nb", "a\u{0}", String(repeating: "a", count: 201)])
    func `a search with control characters is refused`(text: String) {
        let fault = #expect(throws: Fault.self) { try Text.search(text) }
        #expect(fault?.fields.map(\.pointer) == ["/search"])
    }
}
