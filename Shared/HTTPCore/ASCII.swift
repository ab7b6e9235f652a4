/// Byte classes of the HTTP and URI grammars. Everything is decided on bytes: Swift's Characters
/// fold CRLF into one, take full-width digits for numbers and U+212A for k.
enum ASCII {
    static let tab = UInt8(ascii: "\t")
    static let lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")
    static let space = UInt8(ascii: " ")
    static let colon = UInt8(ascii: ":")
    static let slash = UInt8(ascii: "/")
    static let percent = UInt8(ascii: "%")
    static let dot = UInt8(ascii: ".")
    static let comma = UInt8(ascii: ",")
    static let semicolon = UInt8(ascii: ";")

    /// tchar (RFC 9110 §5.6.2).
    static func isToken(_ byte: UInt8) -> Bool { classes[Int(byte)] & 1 != 0 }
    /// A byte of a field value: VCHAR, obs-text, SP, HTAB (RFC 9110 §5.5).
    static func isFieldValue(_ byte: UInt8) -> Bool { classes[Int(byte)] & 2 != 0 }
    /// pchar without the percent sign (RFC 3986 §3.3).
    static func isPathByte(_ byte: UInt8) -> Bool { classes[Int(byte)] & 4 != 0 }
    /// A byte of a query without the percent sign (RFC 3986 §3.4), and those that browsers send as
    /// they are (https://url.spec.whatwg.org/#query-percent-encode-set).
    static func isQueryByte(_ byte: UInt8) -> Bool {
        isPathByte(byte) || byte == slash || "?[]{}|\\^`".utf8.contains(byte)
    }
    static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    static func lower(_ byte: UInt8) -> UInt8 {
        byte &- 0x41 < 26 ? byte | 0x20 : byte
    }

    /// The value of a hexadecimal digit, or nil.
    static func hex(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }

    /// Whether `bytes` are `lowercase` but for the case of ASCII letters.
    static func equalsIgnoringCase(
        _ bytes: UnsafeRawBufferPointer, _ lowercase: StaticString
    ) -> Bool {
        guard bytes.count == lowercase.utf8CodeUnitCount else { return false }
        let other = lowercase.utf8Start
        for i in 0..<bytes.count where lower(bytes[i]) != other[i] { return false }
        return true
    }

    /// `bytes` without spaces and tabs at its ends (OWS, RFC 9110 §5.6.3; nothing else is white).
    static func trimmed(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        var start = 0
        var end = bytes.count
        while start < end, bytes[start] == space || bytes[start] == tab { start += 1 }
        while end > start, bytes[end - 1] == space || bytes[end - 1] == tab { end -= 1 }
        return UnsafeRawBufferPointer(rebasing: bytes[start..<end])
    }

    private static let classes: [UInt8] = {
        var table = [UInt8](repeating: 0, count: 256)
        let alphanumeric = Array(
            "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)
        for byte in alphanumeric + Array("!#$%&'*+-.^_`|~".utf8) { table[Int(byte)] |= 1 }
        for byte in 0x20...0xFF where byte != 0x7F { table[byte] |= 2 }
        table[Int(tab)] |= 2
        for byte in alphanumeric + Array("-._~!$&'()*+,;=:@".utf8) { table[Int(byte)] |= 4 }
        return table
    }()
}
