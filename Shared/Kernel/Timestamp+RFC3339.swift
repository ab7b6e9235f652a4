/// RFC 3339 in whole milliseconds: Foundation counts seconds in floating point, and shows half of
/// all milliseconds as the one before.
extension Timestamp {
    private static let millisecondsInDay: Int64 = 86_400_000

    /// `2026-01-15T09:00:00.000Z` (RFC 3339 §5.6). Beyond the years 0 to 9999, their end.
    public var rfc3339: String {
        let value = min(max(milliseconds, Self.writable.lowerBound), Self.writable.upperBound)
        let time =
            (value % Self.millisecondsInDay + Self.millisecondsInDay) % Self.millisecondsInDay
        let day = Self.civil(fromDays: (value - time) / Self.millisecondsInDay)
        return String(unsafeUninitializedCapacity: 24) { text in
            _ = text.initialize(from: "0000-00-00T00:00:00.000Z".utf8)
            Self.write(day.year, in: text, endingAt: 4)
            Self.write(day.month, in: text, endingAt: 7)
            Self.write(day.day, in: text, endingAt: 10)
            Self.write(time / 3_600_000, in: text, endingAt: 13)
            Self.write(time / 60_000 % 60, in: text, endingAt: 16)
            Self.write(time / 1_000 % 60, in: text, endingAt: 19)
            Self.write(time % 1_000, in: text, endingAt: 23)
            return 24
        }
    }

    /// Reads RFC 3339 with or without a fraction, of which milliseconds count, and with any zone
    /// offset; nil for anything else. A leap second is the first second of the next minute.
    public init?(rfc3339 text: String) {
        var text = text
        guard text.utf8.count <= 40, let value = text.withUTF8(Self.read) else { return nil }
        self.init(milliseconds: value)
    }

    private static func read(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
        guard text.count >= 20, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"),
            text[10] | 0x20 == UInt8(ascii: "t"), text[13] == UInt8(ascii: ":"),
            text[16] == UInt8(ascii: ":"), let year = number(text, 0..<4, 0...9999),
            let month = number(text, 5..<7, 1...12),
            let day = number(text, 8..<10, 1...daysIn(month, of: year)),
            let hour = number(text, 11..<13, 0...23), let minute = number(text, 14..<16, 0...59),
            let second = number(text, 17..<19, 0...60),
            let (fraction, end) = fraction(text, from: 19), let offset = zone(text, from: end)
        else { return nil }
        let seconds = (hour * 60 + minute - offset) * 60 + second
        return days(year, month, day) * millisecondsInDay + seconds * 1_000 + fraction
    }

    /// - Returns: milliseconds, and where the zone begins.
    private static func fraction(
        _ text: UnsafeBufferPointer<UInt8>, from start: Int
    ) -> (milliseconds: Int64, end: Int)? {
        guard text[start] == UInt8(ascii: ".") else { return (0, start) }
        var value: Int64 = 0
        var weight: Int64 = 100
        var i = start + 1
        while i < text.count, text[i] &- 0x30 < 10 {
            value += Int64(text[i] - 0x30) * weight
            weight /= 10
            i += 1
        }
        return i > start + 1 && i < text.count ? (value, i) : nil
    }

    /// - Returns: minutes east of Greenwich.
    private static func zone(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int64? {
        if text[start] | 0x20 == UInt8(ascii: "z") { return text.count == start + 1 ? 0 : nil }
        let isEast = text[start] == UInt8(ascii: "+")
        guard isEast || text[start] == UInt8(ascii: "-"), text.count == start + 6,
            text[start + 3] == UInt8(ascii: ":"),
            let hours = number(text, start + 1..<start + 3, 0...23),
            let minutes = number(text, start + 4..<start + 6, 0...59)
        else { return nil }
        return (hours * 60 + minutes) * (isEast ? 1 : -1)
    }

    private static func number(
        _ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ allowed: ClosedRange<Int64>
    ) -> Int64? {
        var value: Int64 = 0
        for byte in text[range] {
            guard byte &- 0x30 < 10 else { return nil }
            value = value * 10 + Int64(byte - 0x30)
        }
        return allowed.contains(value) ? value : nil
    }

    private static func write(
        _ number: Int64, in text: UnsafeMutableBufferPointer<UInt8>, endingAt end: Int
    ) {
        var rest = number
        var i = end
        while rest > 0 {
            i -= 1
            text[i] = UInt8(rest % 10) + 0x30
            rest /= 10
        }
    }
}
