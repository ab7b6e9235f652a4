import Kernel
import Mail
import Testing

enum FakeDates {
    /// 2026-01-15T09:00:00Z.
    static let morning = Timestamp(milliseconds: 1_768_467_600_000)
}

/// Mails for tests.
enum Sample {
    static func message(
        to: String = "ada@example.com", name: String? = nil, subject: String = "Hello",
        text: String = "Hello\n", html: String = "<p>Hello</p>\n"
    ) throws -> MailMessage {
        MailMessage(
            from: try #require(Mailbox("no-reply@latchkey.example", name: "Latchkey")),
            to: try #require(Mailbox(to, name: name)), subject: subject, text: text, html: html)
    }

    static func lines(_ bytes: [UInt8]) -> [[UInt8]] {
        var lines: [[UInt8]] = [[]]
        for byte in bytes {
            if byte == 0x0A, lines[lines.count - 1].last == 0x0D {
                lines[lines.count - 1].removeLast()
                lines.append([])
            } else {
                lines[lines.count - 1].append(byte)
            }
        }
        return lines
    }

    /// The lines of the header, unfolded (RFC 5322 §2.2.3).
    static func header(_ bytes: [UInt8]) -> [String] {
        var fields: [String] = []
        for line in lines(bytes) {
            if line.isEmpty { break }
            let text = String(decoding: line, as: UTF8.self)
            if line[0] == 0x20 || line[0] == 0x09 {
                fields[fields.count - 1] += text
            } else {
                fields.append(text)
            }
        }
        return fields
    }

    static func field(_ name: String, of bytes: [UInt8]) -> String? {
        header(bytes).first { $0.hasPrefix("\(name): ") }.map {
            String($0.dropFirst(name.count + 2))
        }
    }
}
