import Kernel
import TestSupport
import Testing

struct CombiningRunTests {
    private func isSafe(_ text: String) -> Bool {
        let isSafe = Text.isStreamSafe(text)
        let ofBytes = Array(text.utf8).withUnsafeBytes { Text.isStreamSafe($0) }
        #expect(isSafe == ofBytes)
        return isSafe
    }

    private func marks(_ count: Int, _ mark: String = "\u{301}") -> String {
        String(repeating: mark, count: count)
    }

    @Test(arguments: [
        "", "plain", "e\u{301}", "שָׁלוֹם", "ไม้เอก", "한국어", "\u{1112}\u{1161}\u{11AB}", "👩‍👩‍👧",
    ])
    func `natural text of any length is accepted`(text: String) {
        #expect(isSafe(text))
        #expect(isSafe(String(repeating: text, count: 1_000)))
    }

    @Test(arguments: [
        "\u{301}", "\u{316}", "\u{344}", "\u{F73}", "\u{F81}", "\u{1D165}", "\u{94D}",
    ])
    func `at most thirty combining marks in a row are accepted`(mark: String) {
        #expect(isSafe("a" + marks(30, mark)))
        #expect(!isSafe("a" + marks(31, mark)))
        #expect(isSafe(marks(30, mark)) && !isSafe(marks(31, mark)))
        #expect(isSafe("a" + marks(30, mark) + "b" + marks(30, mark)))
    }

    @Test func `marks of different classes are one run`() {
        #expect(!isSafe("a" + marks(16) + marks(16, "\u{316}")))
    }

    @Test(arguments: ["\u{34F}", "\u{AD}", "\u{200D}", "\u{200B}", "\u{FE0F}", "\u{E0061}"])
    func `an invisible character does not end a run`(invisible: String) {
        #expect(!isSafe("a" + marks(16) + invisible + marks(16)))
        #expect(isSafe("a" + String(repeating: invisible, count: 100)))
    }

    @Test func `invalid UTF-8 ends a run of marks`() {
        let bytes = Array(marks(20).utf8) + [0xFF] + Array(marks(20).utf8)
        #expect(bytes.withUnsafeBytes { Text.isStreamSafe($0) })
    }

    @Test func `a name with too many marks is refused quickly, with the rule`() throws {
        let fault = #expect(throws: Fault.self) {
            try Text.name("a" + marks(31), pointer: "/name")
        }
        #expect(
            fault?.fields == [
                .init("/name", "must not have more than 30 combining marks in a row")
            ])
        #expect(try Text.name("a" + marks(30), pointer: "/name").unicodeScalars.count == 30)
    }

    @Test(arguments: [("\u{301}", "\u{301}"), ("\u{301}", "\u{316}")])
    func `long text is refused in linear time`(first: String, second: String) async throws {
        let cost = try await Cost(of: 1 << 20) { [self] size in
            let text = "a" + marks(size / 4, first) + marks(size / 4, second)
            _ = try? Text.name(text, pointer: "/name")
            _ = try? Text.optionalText(text, pointer: "/text")
            _ = try? Text.email(text, pointer: "/email")
            _ = try? Text.search(text)
        }
        #expect(cost.isLinear, "\(cost)")
    }

    @Test func `text with the most marks allowed is processed in linear time`() async throws {
        let syllable = "a" + marks(15) + marks(15, "\u{316}")
        let cost = try await Cost(of: 1 << 18) { size in
            let text = String(repeating: syllable, count: size / syllable.utf8.count)
            #expect(Text.isStreamSafe(text))
            #expect(Set([text, Text.composed(text)]).count == 1)
        }
        #expect(cost.isLinear, "\(cost)")
    }
}
