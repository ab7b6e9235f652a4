import Kernel

/// For how long a server asks to be left alone (RFC 9110 §10.2.3).
public enum RetryAfter {
    /// - Parameter now: from when on a date counts.
    /// - Returns: seconds, never fewer than were asked for: parts of one count as a whole, a number
    ///   that is larger than an integer is the largest one. A date that has passed is 0. Nil if
    ///   `text` is neither a number nor a date.
    public static func seconds(_ text: UnsafeRawBufferPointer, now: Timestamp) -> Int? {
        if Digits.areDecimal(text) { return Digits.decimal(text) ?? .max }
        guard let date = HTTPDate.read(text, now: now) else { return nil }
        let left = max(0, date.milliseconds - now.milliseconds)
        return Int((left + 999) / 1_000)
    }
}

extension FieldList {
    /// The longest that any of its `Retry-After` lines asks for; nil if none does.
    public func retryAfter(now: Timestamp) -> Int? {
        fields.filter { $0.name == .retryAfter }
            .compactMap { withValue(of: $0) { RetryAfter.seconds($0, now: now) } }
            .max()
    }
}
