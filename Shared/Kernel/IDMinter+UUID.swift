extension IDMinter {
    private static let digits = Array("0123456789abcdef".utf8)
    /// Where the hyphens are (RFC 9562 §4).
    private static let hyphens = [8, 13, 18, 23]
    private static let length = 36

    /// A new UUID of version 7 (RFC 9562 §5.7): the time in milliseconds and 74 random bits, in
    /// lower case. Those of one minter sort in the order in which they were made.
    public func makeUUID() -> String {
        let next = next()
        // The 80 bits of a ULID without its last six.
        let top = next.milliseconds << 16 | 0x7000 | UInt64(next.high >> 4)
        let low = 1 << 63 | UInt64(next.high & 0xF) << 58 | next.low >> 6
        return String(unsafeUninitializedCapacity: Self.length) { text in
            var (high, rest) = (top, low)
            for place in (0..<Self.length).reversed() {
                guard !Self.hyphens.contains(place) else {
                    text[place] = UInt8(ascii: "-")
                    continue
                }
                text[place] = Self.digits[Int(rest & 0xF)]
                rest = rest >> 4 | high << 60
                high >>= 4
            }
            return Self.length
        }
    }

    /// A UUID of any version in its one spelling, which is in lower case (RFC 9562 §4); nil for
    /// what is none.
    public static func uuid(_ text: String) -> String? {
        let bytes = text.utf8
        guard bytes.count == length else { return nil }
        for (place, byte) in bytes.enumerated() {
            let isRight =
                hyphens.contains(place)
                ? byte == UInt8(ascii: "-") : digits.contains(byte) || (65...70).contains(byte)
            guard isRight else { return nil }
        }
        return text.lowercased()
    }
}
