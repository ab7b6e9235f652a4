import Kernel

/// One step of the schema. The list is append-only: a migration's version is its position from 1.
public struct Migration: Sendable {
    /// For the log, for errors and for who reads the table `migrations`.
    public let name: String
    /// One or more statements, without BEGIN and COMMIT.
    public let sql: String

    /// - Parameter sql: one or more statements.
    public init(_ name: String, _ sql: String) {
        self.name = name
        self.sql = sql
    }

    /// SHA-256 of what the step does, in hexadecimal digits. Comments and the kind of white space
    /// don't count, so that a comment can be put better; every other byte does.
    public var digest: String {
        SHA256.hash(SQLText.withoutComments(sql)).hexadecimal
    }
}

extension [UInt8] {
    /// Two lower-case digits for each byte.
    var hexadecimal: String {
        map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

/// SQL as SQLite's tokenizer sees it (https://sqlite.org/lang_comment.html), as far as is needed to
/// tell comments and white space from all else.
private struct SQLText {
    private let bytes: [UInt8]
    private var position = 0
    private var kept: [UInt8] = []

    /// The statements without comments, with one space for every run of white space.
    static func withoutComments(_ sql: String) -> [UInt8] {
        var text = SQLText(bytes: Array(sql.utf8))
        while text.position < text.bytes.count { text.takeToken() }
        if text.kept.last == UInt8(ascii: " ") { text.kept.removeLast() }
        return text.kept
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func takeToken() {
        let byte = bytes[position]
        switch byte {
        case UInt8(ascii: " "), 0x09...0x0D:
            position += 1
            space()
        case UInt8(ascii: "-") where starts(with: "--"):
            skip(through: "\n")
        case UInt8(ascii: "/") where starts(with: "/*"):
            position += 2
            skip(through: "*/")
        // A doubled quote inside ends one text and begins the next, which comes to the same.
        case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"):
            copy(through: byte)
        case UInt8(ascii: "["):
            copy(through: UInt8(ascii: "]"))
        default:
            kept.append(byte)
            position += 1
        }
    }

    private func starts(with text: StaticString) -> Bool {
        text.withUTF8Buffer { bytes[position...].starts(with: $0) }
    }

    private mutating func space() {
        if let last = kept.last, last != UInt8(ascii: " ") { kept.append(UInt8(ascii: " ")) }
    }

    private mutating func skip(through end: StaticString) {
        while position < bytes.count, !starts(with: end) { position += 1 }
        position = min(position + end.utf8CodeUnitCount, bytes.count)
        space()
    }

    private mutating func copy(through end: UInt8) {
        let rest = bytes[(position + 1)...]
        let last = rest.firstIndex(of: end) ?? bytes.count - 1
        kept += bytes[position...last]
        position = last + 1
    }
}
