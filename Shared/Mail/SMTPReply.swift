/// A server's reply to a command (RFC 5321 §4.2).
struct SMTPReply: Equatable {
    /// 200 to 599.
    let code: Int
    /// The enhanced status such as `5.1.1` (RFC 3463), if the first line has one.
    let detail: String?
    /// The lines after the first, without code: in a reply to EHLO, the extensions. Text of a
    /// server, which is stored and logged nowhere.
    var rest: [String] = []

    /// Code and enhanced status: all that is stored and logged of a reply.
    var text: String { detail.map { "\(code) \($0)" } ?? "\(code)" }

    /// The first digit: 2 success, 3 continue, 4 temporary, 5 permanent.
    var kind: Int { code / 100 }
}

/// Parses replies from bytes that arrive in pieces of any size.
///
/// A line may end with a bare LF, as some servers send: unlike a mail, which another server could
/// split elsewhere (https://www.postfix.org/smtp-smuggling.html), only we read a reply.
struct SMTPReplyReader {
    struct Malformed: Error, Equatable {}

    /// Bytes of a line; RFC 5321 §4.5.3.1.5 allows 512.
    private static let maximumLine = 4_096
    /// Lines of a reply.
    private static let maximumLines = 200

    private var bytes: [UInt8] = []
    private var code: Int?
    private var detail: String?
    private var rest: [String] = []
    private var lines = 0

    /// Whether there are no bytes of an incomplete reply.
    var isEmpty: Bool { bytes.isEmpty && code == nil }

    mutating func add(_ more: [UInt8]) { bytes += more }

    /// The next complete reply.
    mutating func next() throws(Malformed) -> SMTPReply? {
        while let end = bytes.firstIndex(of: UInt8(ascii: "\n")) {
            guard end <= Self.maximumLine, lines < Self.maximumLines else { throw Malformed() }
            var line = bytes[..<end]
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            let isLast = try read(line)
            bytes.removeSubrange(...end)
            guard isLast, let code else { continue }
            defer {
                self.code = nil
                detail = nil
                rest = []
                lines = 0
            }
            return SMTPReply(code: code, detail: detail, rest: rest)
        }
        guard bytes.count <= Self.maximumLine else { throw Malformed() }
        return nil
    }

    /// - Returns: whether the line ends the reply.
    private mutating func read(_ line: ArraySlice<UInt8>) throws(Malformed) -> Bool {
        let digits = line.prefix(3).map { Int($0) - 0x30 }
        guard digits.count == 3, digits.allSatisfy({ (0...9).contains($0) }),
            (2...5).contains(digits[0])
        else { throw Malformed() }
        let number = digits[0] * 100 + digits[1] * 10 + digits[2]
        // All lines of a reply have the same code (RFC 5321 §4.2.1).
        guard code == nil || code == number else { throw Malformed() }
        let text = line.dropFirst(4)
        if code == nil {
            detail = Self.detail(in: text, of: digits[0])
        } else {
            rest.append(String(decoding: text, as: UTF8.self))
        }
        code = number
        lines += 1
        switch line.dropFirst(3).first {
        case nil, UInt8(ascii: " "): return true
        case UInt8(ascii: "-"): return false
        default: throw Malformed()
        }
    }

    private static func detail(in text: ArraySlice<UInt8>, of kind: Int) -> String? {
        let word = text.prefix { $0 != 0x20 }
        let parts = word.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].elementsEqual([UInt8(0x30 + kind)]),
            parts.allSatisfy({ part in
                (1...3).contains(part.count) && part.allSatisfy { $0 &- 0x30 < 10 }
            })
        else { return nil }
        return String(decoding: word, as: UTF8.self)
    }
}
