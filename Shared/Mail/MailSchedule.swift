import Kernel

/// When a mail is retried, when it fails, and how long its row is kept.
struct MailSchedule: Sendable {
    /// Seconds after the first, second, … attempt; the last one repeats.
    static let delays: [Int64] = [1, 5, 30, 120, 600, 3_600]
    /// RFC 5321 §4.5.4.1 recommends four to five days; codes and links have expired by then.
    static let lifetime: Int64 = 2 * 86_400
    static let sentIsKept: Int64 = 86_400
    static let failedIsKept: Int64 = 30 * 86_400

    /// - Parameters:
    ///   - attempts: made so far, at least one.
    ///   - chance: 0..<1: shortens the delay by up to a quarter, so that mails that failed together
    ///     aren't retried together.
    /// - Returns: nil if the mail fails. The last attempt is at the end of its lifetime.
    static func next(
        after attempts: Int, created: Timestamp, now: Timestamp, chance: Double
    ) -> Timestamp? {
        let end = created.adding(seconds: lifetime)
        guard now < end else { return nil }
        let delay = delays[min(max(attempts, 1), delays.count) - 1] * 1_000
        let shortened = delay - Int64(Double(delay / 4) * chance)
        return min(end, Timestamp(milliseconds: now.milliseconds + shortened))
    }
}
