import Testing

@testable import Webhooks

/// The text that a webhook's owner sees of a response.
@Suite struct ResponseTests {
    private func text(_ body: [UInt8], isTruncated: Bool) -> String {
        WebhookResponse(status: 200, body: body, isTruncated: isTruncated).text
    }

    @Test func `what isn't UTF-8 is replaced`() {
        #expect(text([0x61, 0xFF, 0x00, 0x62], isTruncated: false) == "a\u{FFFD}\u{0}b")
    }

    @Test(arguments: ["a", "\u{E4}", "\u{20AC}", "\u{1F642}"])
    func `a character that was cut in two is left out`(character: String) {
        let bytes = Array(character.utf8)
        let before = Array("xyz".utf8)
        #expect(text(before + bytes, isTruncated: true) == "xyz" + character)
        for count in 1..<max(2, bytes.count) where count < bytes.count {
            let cut = before + bytes.prefix(count)
            #expect(text(cut, isTruncated: true) == "xyz")
            // The receiver itself ended there.
            #expect(text(cut, isTruncated: false).hasPrefix("xyz\u{FFFD}"))
        }
    }

    @Test func `a body of nothing but continuations stays as long as it was`() {
        let body = [UInt8](repeating: 0x80, count: 5)
        #expect(text(body, isTruncated: true) == String(repeating: "\u{FFFD}", count: 5))
    }
}
