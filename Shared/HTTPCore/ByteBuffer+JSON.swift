/// JSON that is written by hand, where a coder costs too much: log lines, spans.
extension ByteBuffer {
    /// `text` as a JSON string (RFC 8259 §7). Control characters can't leave as such.
    public mutating func append(quoted text: String) {
        append(byte: UInt8(ascii: "\""))
        append(escaped: text)
        append(byte: UInt8(ascii: "\""))
    }

    /// What stands between the quotes of a JSON string.
    public mutating func append(escaped text: String) {
        var text = text
        text.withUTF8 { bytes in
            // Almost every text is plain. A loop, because a closure would be called for each byte.
            var isPlain = true
            for byte in bytes where !Self.isPlain(byte) { isPlain = false }
            if isPlain {
                append(UnsafeRawBufferPointer(bytes))
            } else {
                for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
                    append(escaped: scalar)
                }
            }
        }
    }

    private mutating func append(escaped scalar: Unicode.Scalar) {
        switch scalar {
        case "\"": append("\\\"" as StaticString)
        case "\\": append("\\\\" as StaticString)
        case "\n": append("\\n" as StaticString)
        case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value):
            append(scalar.value < 0x10 ? "\\u000" : "\\u00" as StaticString)
            append(number: Int(scalar.value), radix: 16)
        default: append(String(scalar))
        }
    }

    @inline(__always)
    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    /// `value` in 16 hexadecimal digits.
    public mutating func append(hex value: UInt64) {
        let digits = (
            Self.hexDigits(UInt32(truncatingIfNeeded: value >> 32)),
            Self.hexDigits(UInt32(truncatingIfNeeded: value))
        )
        withUnsafeBytes(of: digits) { append($0) }
    }

    /// The 8 digits of a number, as they stand in memory: all at once, a digit a byte.
    private static func hexDigits(_ value: UInt32) -> UInt64 {
        var digits = UInt64(value)
        digits = (digits << 16 | digits) & 0x0000_FFFF_0000_FFFF
        digits = (digits << 8 | digits) & 0x00FF_00FF_00FF_00FF
        digits = (digits << 4 | digits) & 0x0F0F_0F0F_0F0F_0F0F
        // 1 where the digit is a letter.
        let letters = ((digits + 0x0606_0606_0606_0606) >> 4) & 0x0101_0101_0101_0101
        digits += 0x3030_3030_3030_3030 + letters * 0x27
        return digits.bigEndian
    }
}
