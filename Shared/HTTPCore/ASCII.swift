import Kernel

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

    // Written out: a table would be a global, and whether it is there yet is asked for each byte.

    /// tchar (RFC 9110 §5.6.2).
    static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x5E...0x7A: true  // digits, A–Z, ^ _ ` a–z
        case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x7C, 0x7E: true  // ! # $ % & ' * + - . | ~
        default: false
        }
    }

    /// A byte of a field value: VCHAR, obs-text, SP, HTAB (RFC 9110 §5.5).
    static func isFieldValue(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != 0x7F || byte == tab
    }

    /// Whether all of `bytes` may stand in a field value; eight at a time.
    static func isFieldValue(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var i = 0
        while i + 8 <= bytes.count {
            let word = bytes.loadUnaligned(fromByteOffset: i, as: UInt64.self)
            // High bits where a byte is below 0x20, or 0x7F; then a tab is told from the others.
            let low = (word &- 0x2020_2020_2020_2020) & ~word
            let delete = ((word ^ 0x7F7F_7F7F_7F7F_7F7F) &- 0x0101_0101_0101_0101)
            if (low | delete & ~(word ^ 0x7F7F_7F7F_7F7F_7F7F)) & 0x8080_8080_8080_8080 != 0 {
                for j in i..<i + 8 where !isFieldValue(bytes[j]) { return false }
            }
            i += 8
        }
        while i < bytes.count {
            guard isFieldValue(bytes[i]) else { return false }
            i += 1
        }
        return true
    }

    /// Whether there is no other byte; eight at a time.
    static func isASCII(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var i = 0
        while i + 8 <= bytes.count {
            let word = bytes.loadUnaligned(fromByteOffset: i, as: UInt64.self)
            guard word & 0x8080_8080_8080_8080 == 0 else { return false }
            i += 8
        }
        while i < bytes.count {
            guard bytes[i] < 0x80 else { return false }
            i += 1
        }
        return true
    }

    /// pchar without the percent sign (RFC 3986 §3.3).
    static func isPathByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x61...0x7A, 0x40...0x5A, 0x30...0x3B: true  // a–z, @ A–Z, digits : ;
        case 0x21, 0x24, 0x26...0x2E, 0x3D, 0x5F, 0x7E: true  // ! $ & ' ( ) * + , - . = _ ~
        default: false
        }
    }

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

    /// Whether `bytes` are exactly `other`.
    static func equals(_ bytes: UnsafeRawBufferPointer, _ other: StaticString) -> Bool {
        bytes.equals(UnsafeRawBufferPointer(start: other.utf8Start, count: other.utf8CodeUnitCount))
    }

    /// `bytes` without spaces and tabs at its ends (OWS, RFC 9110 §5.6.3; nothing else is white).
    static func trimmed(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        var start = 0
        var end = bytes.count
        while start < end, bytes[start] == space || bytes[start] == tab { start += 1 }
        while end > start, bytes[end - 1] == space || bytes[end - 1] == tab { end -= 1 }
        return UnsafeRawBufferPointer(rebasing: bytes[start..<end])
    }
}
