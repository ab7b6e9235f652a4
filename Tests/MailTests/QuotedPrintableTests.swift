import Foundation
import TestSupport
import Testing

@testable import Mail

@Suite struct QuotedPrintableTests {
    private func encode(_ text: String) -> String {
        String(decoding: QuotedPrintable.encode(text), as: UTF8.self)
    }

    @Test(
        arguments: [
            ("", ""), ("Hello", "Hello"), ("a=b", "a=3Db"), ("é", "=C3=A9"), ("😀", "=F0=9F=98=80"),
            // White space is literal unless it ends a line.
            ("a b\tc", "a b\tc"), ("a \nb", "a=20\r\nb"), ("a\t\n", "a=09\r\n"), ("a ", "a=20"),
            // All line ends become CR LF.
            ("a\nb\rc\r\nd", "a\r\nb\r\nc\r\nd"), ("\n\n", "\r\n\r\n"),
            // Text that servers change at the beginning of a line.
            (".", "=2E"), ("..a\n.\n", "=2E.a\r\n=2E\r\n"), ("a.b", "a.b"),
            ("From me", "=46rom me"), ("From", "From"), ("a From me", "a From me"),
            ("\u{0}\u{1B}\u{7F}", "=00=1B=7F"), ("\u{2028}", "=E2=80=A8"),
        ])
    func `text is encoded by RFC 2045`(_ text: String, _ expected: String) {
        #expect(encode(text) == expected)
    }

    @Test func `a line of exactly 76 columns is kept, a longer one is broken`() {
        let full = String(repeating: "x", count: 76)
        #expect(encode(full) == full)
        #expect(encode(full + "\n") == full + "\r\n")
        #expect(encode(full + "y") == String(repeating: "x", count: 75) + "=\r\nxy")
        // A dot that is moved to the beginning of a line is encoded.
        let dotted = String(repeating: "x", count: 75) + ".y"
        #expect(encode(dotted) == String(repeating: "x", count: 75) + "=\r\n=2Ey")
        // No break inside an encoded byte.
        let signs = encode(String(repeating: "=", count: 30))
        #expect(
            signs == String(repeating: "=3D", count: 25) + "=\r\n"
                + String(repeating: "=3D", count: 5))
    }

    @Test func `encoded text decodes to the original, in short lines`() {
        let random = SeededRandom(seed: UInt64.random(in: 0...UInt64.max))
        let pieces = [
            "a", " ", "\t", ".", "=", "\n", "\r\n", "é", "😀", "From ", "=_", "--",
            String(repeating: "w", count: 74), "\u{0}", "\u{85}",
        ]
        for _ in 0..<500 {
            let text = (0..<random.below(60)).map { _ in pieces[random.below(pieces.count)] }
                .joined()
            let bytes = QuotedPrintable.encode(text)
            let note: Comment = "seed \(random.seed): \(text)"
            #expect(Decoded.quotedPrintable(bytes) == Decoded.canonical(text), note)
            let lines = Sample.lines(bytes)
            #expect(lines.allSatisfy { $0.count <= 76 && $0.first != 0x2E }, note)
            #expect(lines.allSatisfy { $0.last != 0x20 && $0.last != 0x09 }, note)
            #expect(bytes.allSatisfy { $0 < 0x7F }, note)
            #expect(!String(decoding: bytes, as: UTF8.self).contains("=_"), note)
            #expect(lines.allSatisfy { !$0.contains(0x0D) && !$0.contains(0x0A) }, note)
        }
    }
}

/// Decodes a mail as readers do.
enum Decoded {
    static func quotedPrintable(_ bytes: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        var index = 0
        while index < bytes.count {
            guard bytes[index] == 0x3D else {
                out.append(bytes[index])
                index += 1
                continue
            }
            if bytes[index + 1] != 0x0D {
                let digits = String(decoding: bytes[(index + 1)...(index + 2)], as: UTF8.self)
                out.append(UInt8(digits, radix: 16) ?? 0)
            }
            index += 3
        }
        return out
    }

    /// With CR LF for all line ends.
    static func canonical(_ text: String) -> [UInt8] {
        var out: [UInt8] = []
        var last: UInt8 = 0
        for byte in text.utf8 {
            switch byte {
            case 0x0A where last == 0x0D: break
            case 0x0A, 0x0D: out += [0x0D, 0x0A]
            default: out.append(byte)
            }
            last = byte
        }
        return out
    }

    /// A field with encoded words (RFC 2047); white space between two of them is dropped.
    static func words(_ field: String) -> String {
        var bytes: [UInt8] = []
        var wasEncoded = false
        for (index, word) in field.split(separator: " ", omittingEmptySubsequences: false)
            .enumerated()
        {
            guard word.hasPrefix("=?utf-8?"), word.hasSuffix("?=") else {
                bytes += (index == 0 ? "" : " ").utf8
                bytes += word.utf8
                wasEncoded = false
                continue
            }
            if index > 0, !wasEncoded { bytes += " ".utf8 }
            let text = word.dropFirst(10).dropLast(2)
            if word.dropFirst(8).hasPrefix("B") {
                bytes += Data(base64Encoded: String(text)) ?? Data()
            } else {
                let spaced = text.replacingOccurrences(of: "_", with: " ")
                bytes += quotedPrintable(Array(spaced.utf8))
            }
            wasEncoded = true
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
