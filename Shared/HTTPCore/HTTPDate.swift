import Kernel

/// HTTP-date (RFC 9110 §5.6.7), in the form that is sent today and in the two obsolete ones that a
/// recipient must accept. Names are case-sensitive. Which day of the week it is said to be counts
/// for nothing: the date decides.
public enum HTTPDate {
    private static let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    private static let longDays = [
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
    ]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// A moment in the form that is sent today: `Sun, 06 Nov 1994 08:49:37 GMT`.
    public static func text(_ moment: Timestamp) -> String {
        // 2026-01-15T09:00:00.000Z
        let parts = moment.rfc3339.split { !$0.isNumber }
        let days = (moment.milliseconds / 86_400_000) % 7
        // The epoch was a Thursday.
        let day = Self.days[Int((days + 10) % 7)]
        let month = months[(Int(parts[1]) ?? 1) - 1]
        return "\(day), \(parts[2]) \(month) \(parts[0]) \(parts[3]):\(parts[4]):\(parts[5]) GMT"
    }

    /// - Parameter now: what a year of two digits is near to.
    /// - Returns: nil if `text` is no such date, or there is no such day.
    public static func read(_ text: UnsafeRawBufferPointer, now: Timestamp) -> Timestamp? {
        internetDate(text) ?? asctimeDate(text) ?? rfc850Date(text, now)
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`
    private static func internetDate(_ text: UnsafeRawBufferPointer) -> Timestamp? {
        var rest = Cursor(text)
        guard rest.word(of: days) != nil, rest.take(", "), let day = rest.number(digits: 2),
            rest.take(" "), let month = rest.word(of: months), rest.take(" "),
            let year = rest.number(digits: 4), rest.take(" "), let time = rest.time(),
            rest.take(" GMT"), rest.isAtEnd
        else { return nil }
        return moment(year, month, day, time)
    }

    /// `Sun Nov  6 08:49:37 1994`
    private static func asctimeDate(_ text: UnsafeRawBufferPointer) -> Timestamp? {
        var rest = Cursor(text)
        guard rest.word(of: days) != nil, rest.take(" "), let month = rest.word(of: months),
            rest.take(" "), let day = rest.paddedDay(), rest.take(" "), let time = rest.time(),
            rest.take(" "), let year = rest.number(digits: 4), rest.isAtEnd
        else { return nil }
        return moment(year, month, day, time)
    }

    /// `Sunday, 06-Nov-94 08:49:37 GMT`
    private static func rfc850Date(
        _ text: UnsafeRawBufferPointer, _ now: Timestamp
    ) -> Timestamp? {
        var rest = Cursor(text)
        guard rest.word(of: longDays) != nil, rest.take(", "), let day = rest.number(digits: 2),
            rest.take("-"), let month = rest.word(of: months), rest.take("-"),
            let ending = rest.number(digits: 2), rest.take(" "), let time = rest.time(),
            rest.take(" GMT"), rest.isAtEnd
        else { return nil }
        // What appears to be more than 50 years in the future is the most recent year in the past
        // with the same last two digits. The later century is tried first.
        var year = now.year / 100 * 100 + 100 + ending
        while year >= 100, isBeyondFiftyYears(year, month, day, time, now) { year -= 100 }
        return moment(year, month, day, time)
    }

    private static func isBeyondFiftyYears(
        _ year: Int, _ month: Int, _ day: Int, _ time: Cursor.Time, _ now: Timestamp
    ) -> Bool {
        // Fifty years before a leap day there is none.
        let then = moment(year - 50, month, day, time) ?? moment(year - 50, month, 28, time)
        return then.map { $0 > now } ?? true
    }

    private static func moment(
        _ year: Int, _ month: Int, _ day: Int, _ time: Cursor.Time
    ) -> Timestamp? {
        Timestamp(
            year: year, month: month + 1, day: day, hour: time.hour, minute: time.minute,
            second: time.second)
    }
}

/// Reads a date from its front.
private struct Cursor {
    typealias Time = (hour: Int, minute: Int, second: Int)

    private let text: UnsafeRawBufferPointer
    private var place = 0

    init(_ text: UnsafeRawBufferPointer) { self.text = text }

    var isAtEnd: Bool { place == text.count }

    /// - Returns: whether it was there; otherwise nothing is taken.
    mutating func take(_ expected: String) -> Bool {
        let bytes = expected.utf8
        guard text.count - place >= bytes.count,
            zip(text[place...], bytes).allSatisfy({ $0 == $1 })
        else { return false }
        place += bytes.count
        return true
    }

    /// - Returns: which of the words it is.
    mutating func word(of words: [String]) -> Int? {
        for (index, word) in words.enumerated() where take(word) { return index }
        return nil
    }

    /// A number of exactly so many digits.
    mutating func number(digits count: Int) -> Int? {
        guard text.count - place >= count,
            let number = Digits.decimal(
                UnsafeRawBufferPointer(rebasing: text[place..<place + count]))
        else { return nil }
        place += count
        return number
    }

    /// Two digits, or a space and one.
    mutating func paddedDay() -> Int? {
        let isPadded = take(" ")
        return number(digits: isPadded ? 1 : 2)
    }

    /// `08:49:37`
    mutating func time() -> Time? {
        guard let hour = number(digits: 2), take(":"), let minute = number(digits: 2), take(":"),
            let second = number(digits: 2)
        else { return nil }
        return (hour, minute, second)
    }
}
