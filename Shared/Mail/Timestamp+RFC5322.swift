import Kernel

extension Timestamp {
    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// `Thu, 15 Jan 2026 09:00:00 +0000` (RFC 5322 §3.3).
    var rfc5322: String {
        let text = Array(rfc3339.utf8)
        let number = { (range: Range<Int>) in
            String(decoding: text[range], as: UTF8.self)
        }
        let month = Int(text[5] - 0x30) * 10 + Int(text[6] - 0x30)
        // 1970-01-01 was a Thursday; the remainder of a time before it is negative.
        let days = (milliseconds - (milliseconds % 86_400_000 + 86_400_000) % 86_400_000)
        let weekday = Int((days / 86_400_000 % 7 + 11) % 7)
        return "\(Self.days[weekday]), \(number(8..<10)) \(Self.months[month - 1]) "
            + "\(number(0..<4)) \(number(11..<19)) +0000"
    }
}
