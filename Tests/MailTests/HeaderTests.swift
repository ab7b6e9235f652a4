import Kernel
import TestSupport
import Testing

@testable import Mail

@Suite struct HeaderTests {
    private let names = [
        "Date", "From", "To", "Subject", "Message-ID", "MIME-Version", "Auto-Submitted",
        "Content-Type",
    ]

    private func bytes(name: String? = nil, subject: String = "Hello") throws -> [UInt8] {
        try Sample.message(name: name, subject: subject).bytes(id: "m", date: FakeDates.morning)
    }

    @Test(
        arguments: [
            ("Hello", "Hello"), ("", ""), ("a  b", "a b"), (" a ", "a"),
            ("To: \"Notes\" (v1.0) <x>, y@z; \\", "To: \"Notes\" (v1.0) <x>, y@z; \\"),
            ("Grüße", "=?utf-8?Q?Gr=C3=BC=C3=9Fe?="), ("日", "=?utf-8?Q?=E6=97=A5?="),
            ("a_b é?", "=?utf-8?Q?a=5Fb_=C3=A9=3F?="),
            // One word in base64 instead of two.
            ("日本語の名前", "=?utf-8?B?5pel5pys6Kqe44Gu5ZCN5YmN?="),
            ("日本語の名前 x", "=?utf-8?B?5pel5pys6Kqe44Gu5ZCN5YmNIHg=?="),
            // Otherwise readers would decode typed text.
            ("=?utf-8?Q?x?=", "=?utf-8?Q?=3D=3Futf-8=3FQ=3Fx=3F=3D?="),
        ])
    func `a subject is written plainly or as encoded words`(
        _ subject: String, _ expected: String
    ) throws {
        #expect(try Sample.field("Subject", of: bytes(subject: subject)) ?? "" == expected)
    }

    @Test(
        arguments: [
            ("Ada", "Ada <ada@example.com>"), ("Ada B", "Ada B <ada@example.com>"),
            ("Ada B.", "\"Ada B.\" <ada@example.com>"),
            ("O'Neil", "O'Neil <ada@example.com>"),
            ("a\"b\\c", "\"a\\\"b\\\\c\" <ada@example.com>"),
            ("x@y.z, Bob", "\"x@y.z, Bob\" <ada@example.com>"),
            ("Zoë", "=?utf-8?Q?Zo=C3=AB?= <ada@example.com>"),
            ("=?utf-8?Q?x?=", "=?utf-8?Q?=3D=3Futf-8=3FQ=3Fx=3F=3D?= <ada@example.com>"),
            ("", "ada@example.com"), (" \r\n\u{2028}", "ada@example.com"),
        ])
    func `a name is atoms, a quoted string or encoded words`(
        _ name: String, _ expected: String
    ) throws {
        #expect(try Sample.field("To", of: bytes(name: name)) == expected)
    }

    @Test(
        arguments: [
            "x\r\nBcc: y@z.example", "x\nBcc: y@z.example", "x\rBcc: y@z.example",
            "x\r\n\r\nbody", "x\n.\r\n", "x\r\n.\r\nMAIL FROM:<y@z.example>", "x\u{0}y",
            "x\u{2028}Bcc: y@z.example", "x\u{2029}y", "x\u{85}y", "x\u{7F}\u{1B}[31my", "x\u{B}y",
            "\u{202E}moc.elpmaxe", "\" <y@z.example>, \"", "y@z.example>, <", "x\\\"",
            String(repeating: "é", count: 2_000), String(repeating: "x", count: 2_000),
            String(repeating: "x ", count: 1_000), String(repeating: "\"", count: 59),
        ])
    func `text can't break out of a header field`(_ typed: String) throws {
        let bytes = try Sample.message(name: typed, subject: typed).bytes(
            id: "m", date: FakeDates.morning)
        check(bytes, "\(typed.debugDescription.prefix(80))")
        let to = try #require(Sample.field("To", of: bytes))
        #expect(to.hasSuffix(" <ada@example.com>"))
        let subject = try #require(Sample.field("Subject", of: bytes))
        #expect(Decoded.words(subject) == HeaderText.clean(typed))
        let forbidden: (Unicode.Scalar) -> Bool = {
            $0.value < 0x20 || (0x7F...0x9F).contains($0.value)
                || (0x2028...0x202E).contains($0.value)
        }
        #expect(!Decoded.words(subject).unicodeScalars.contains(where: forbidden))
    }

    @Test func `no text creates another header field`() throws {
        let random = SeededRandom(seed: UInt64.random(in: 0...UInt64.max))
        let pieces = [
            "a", "é", "😀", " ", "\r", "\n", "\r\n", ":", "=?", "?=", "\"", "\\", "<", ">", "@",
            "\u{0}", "\u{2028}", String(repeating: "w", count: 61), "e\u{301}", ",", "(", ")",
        ]
        for _ in 0..<500 {
            let typed = (0..<random.below(40)).map { _ in pieces[random.below(pieces.count)] }
                .joined()
            let bytes = try Sample.message(name: typed, subject: typed, text: typed, html: typed)
                .bytes(id: "m", date: FakeDates.morning)
            check(bytes, "seed \(random.seed): \(typed.debugDescription)")
            let subject = Sample.field("Subject", of: bytes) ?? ""
            #expect(Decoded.words(subject) == HeaderText.clean(typed), "seed \(random.seed)")
        }
    }

    /// The fields are the intended ones, in lines that every server forwards.
    private func check(_ bytes: [UInt8], _ note: Comment) {
        let found = Sample.header(bytes).map { String($0.prefix { $0 != ":" }) }
        #expect(found == names, note)
        let lines = Sample.lines(bytes)
        #expect(lines.allSatisfy { $0.count <= 76 }, note)
        #expect(lines.allSatisfy { !$0.contains(0x0D) && !$0.contains(0x0A) }, note)
        #expect(bytes.allSatisfy { $0 == 0x0D || $0 == 0x0A || (0x20...0x7E).contains($0) }, note)
        #expect(lines.filter { $0.starts(with: "--=_m".utf8) }.count == 3, note)
    }

    @Test func `the longest address makes a line within RFC 5322's limit`() throws {
        let local = String(repeating: "l", count: 64)
        let label = String(repeating: "d", count: 61)
        let domain = "\(label).\(label).\(label).de"
        let message = try Sample.message(to: "\(local)@\(domain)", name: "Grüße")
        let bytes = message.bytes(id: "m", date: FakeDates.morning)
        #expect(Sample.lines(bytes).allSatisfy { $0.count <= 300 })
        let to = try #require(Sample.field("To", of: bytes))
        #expect(to.hasSuffix("<\(local)@\(domain)>"))
    }
}
