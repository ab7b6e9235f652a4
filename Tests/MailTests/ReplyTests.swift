import TestSupport
import Testing

@testable import Mail

@Suite struct ReplyTests {
    /// The replies parsed from bytes in pieces of `size`.
    private func read(_ text: String, size: Int = .max) throws -> [SMTPReply] {
        var reader = SMTPReplyReader()
        var replies: [SMTPReply] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            reader.add(Array(rest.prefix(size)))
            rest = rest.dropFirst(size)
            while let reply = try reader.next() { replies.append(reply) }
        }
        return replies
    }

    @Test(arguments: 1...12)
    func `replies are parsed however their bytes arrive`(_ size: Int) throws {
        let text =
            "220 relay ESMTP\r\n250-relay\r\n250-SIZE 1000\r\n250 HELP\r\n250\r\n"
            + "354 go on\n550 5.1.1 <x>: unknown\r\n421-4.3.2 a\r\n421 4.3.2 b\r\n"
        #expect(
            try read(text, size: size) == [
                SMTPReply(code: 220, detail: nil),
                SMTPReply(code: 250, detail: nil, rest: ["SIZE 1000", "HELP"]),
                SMTPReply(code: 250, detail: nil), SMTPReply(code: 354, detail: nil),
                SMTPReply(code: 550, detail: "5.1.1"),
                SMTPReply(code: 421, detail: "4.3.2", rest: ["4.3.2 b"]),
            ])
    }

    @Test(arguments: ["250 2.0.0", "250-2", "2", "250 x"])
    func `an incomplete reply is not returned`(_ text: String) throws {
        var reader = SMTPReplyReader()
        reader.add(Array(text.utf8))
        #expect(try reader.next() == nil)
        #expect(!reader.isEmpty)
    }

    @Test(
        arguments: [
            "hello\r\n", "25\r\n", "2500 x\r\n", "250x\r\n", "\r\n", "150 x\r\n", "650 x\r\n",
            " 250 x\r\n", "250-a\r\n251 b\r\n", "250-a\r\nb\r\n", "\u{662}50 x\r\n",
            "HTTP/1.1 400 Bad Request\r\n", "\u{16}\u{3}\u{1}\r\n",
            "250 " + String(repeating: "x", count: 5_000) + "\r\n",
            String(repeating: "x", count: 5_000),
            String(repeating: "250-x\r\n", count: 201),
        ])
    func `malformed replies are refused`(_ text: String) {
        #expect(throws: SMTPReplyReader.Malformed.self) { try read(text) }
    }

    @Test(arguments: [" 4.1.1 x", " 5.1 x", " 5.1.1.1 x", " 5.1234.1", " 5.a.1", " 5.1.1x y", ""])
    func `an enhanced status of another class is ignored`(_ text: String) throws {
        #expect(try read("550\(text)\r\n") == [SMTPReply(code: 550, detail: nil)])
    }

    @Test func `the reader survives random bytes`() {
        let random = SeededRandom(seed: UInt64.random(in: 0...UInt64.max))
        let pieces = ["2", "5", "0", "250", "-", " ", "\r", "\n", "\r\n", "x", "\u{0}", "é", "."]
        for _ in 0..<2_000 {
            let text = (0..<random.below(30)).map { _ in pieces[random.below(pieces.count)] }
                .joined()
            for reply in (try? read(text, size: 1 + random.below(5))) ?? [] {
                #expect((200...599).contains(reply.code), "seed \(random.seed)")
            }
        }
    }

    @Test(
        arguments: [
            ("", ".\r\n"), ("a", "a\r\n.\r\n"), ("a\r\n", "a\r\n.\r\n"),
            (".\r\n", "..\r\n.\r\n"), ("..a\r\n.b", "...a\r\n..b\r\n.\r\n"),
            ("a\r\n.\r\nMAIL", "a\r\n..\r\nMAIL\r\n.\r\n"),
            ("a\n.\nb\r.\rc", "a\r\n..\r\nb\r\n..\r\nc\r\n.\r\n"),
            ("a\n.\r\nb", "a\r\n..\r\nb\r\n.\r\n"), ("\r\r\n\n", "\r\n\r\n\r\n.\r\n"),
        ])
    func `no content ends a mail early, however line ends are read`(
        _ content: String, _ expected: String
    ) {
        let sent = String(
            decoding: SMTPConnection.stuffed(Array(content.utf8)), as: UTF8.self)
        #expect(Array(sent.utf8) == Array(expected.utf8))
    }
}
