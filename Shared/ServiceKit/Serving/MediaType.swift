/// The declared type of a body. Decided on its bytes: every request with a body passes here.
enum MediaType {
    private typealias Part = Slice<UnsafeRawBufferPointer>

    /// `application/json` or `application/…+json`, with or without `charset=utf-8`.
    static func isJSON(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var start = 0
        for end in 0...bytes.count where end == bytes.count || bytes[end] == UInt8(ascii: ";") {
            let part = trimmed(bytes[start..<end])
            guard start == 0 ? isJSONType(part) : isNoOtherCharset(part) else { return false }
            start = end + 1
        }
        return bytes.allSatisfy { $0 < 0x80 }
    }

    private static func isJSONType(_ part: Part) -> Bool {
        equals(part, "application/json")
            || equals(part.prefix(12), "application/") && equals(part.suffix(5), "+json")
    }

    /// RFC 8259 §8.1: JSON is UTF-8. Other parameters mean nothing to us.
    private static func isNoOtherCharset(_ part: Part) -> Bool {
        !equals(part.prefix(8), "charset=") || equals(part, "charset=utf-8")
            || equals(part, "charset=\"utf-8\"")
    }

    private static func equals(_ part: Part, _ lowercase: StaticString) -> Bool {
        guard part.count == lowercase.utf8CodeUnitCount else { return false }
        for (i, byte) in part.enumerated() {
            let lower = (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
            guard lower == lowercase.utf8Start[i] else { return false }
        }
        return true
    }

    /// Without spaces and tabs at its ends.
    private static func trimmed(_ part: Part) -> Part {
        var part = part
        while let byte = part.first, byte == 0x20 || byte == 0x09 { part = part.dropFirst() }
        while let byte = part.last, byte == 0x20 || byte == 0x09 { part = part.dropLast() }
        return part
    }
}
