/// Days and years of the Gregorian calendar, in UTC.
extension Timestamp {
    /// A moment in UTC; nil if there is no such one. A leap second is the first second of the next
    /// minute.
    /// - Parameter year: 0 to 9999.
    public init?(
        year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0
    ) {
        guard (0...9999).contains(year), (1...12).contains(month),
            (1...Self.daysIn(Int64(month), of: Int64(year))).contains(Int64(day)),
            (0...23).contains(hour), (0...59).contains(minute), (0...60).contains(second)
        else { return nil }
        let days = Self.days(Int64(year), Int64(month), Int64(day))
        let seconds = (days * 24 + Int64(hour)) * 3_600 + Int64(minute * 60 + second)
        self.init(milliseconds: seconds * 1_000)
    }

    /// From 0 to 9999; before and after, those.
    public var year: Int {
        let day: Int64 = 86_400_000
        let value = min(max(milliseconds, Self.writable.lowerBound), Self.writable.upperBound)
        let days = (value - (value % day + day) % day) / day
        return Int(Self.civil(fromDays: days).year)
    }

    /// 0000-01-01T00:00:00.000Z and 9999-12-31T23:59:59.999Z: what four digits of a year can say.
    static let writable: ClosedRange<Int64> = -62_167_219_200_000...253_402_300_799_999

    static func daysIn(_ month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }

    /// Days since 1970-01-01. Years begin in March, so that the leap day is the last
    /// (http://howardhinnant.github.io/date_algorithms.html).
    static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let year = (month <= 2 ? year - 1 : year) + 400  // no negative ones
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return year * 365 + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468 - 146_097
    }

    /// The inverse of `days`.
    static func civil(fromDays days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468 + 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = shifted / 146_097 * 400 + yearOfEra - 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}
