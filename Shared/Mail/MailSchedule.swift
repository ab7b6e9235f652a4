import Kernel

/// When a mail is tried again, when it is given up, and for how long its row is kept.
struct MailSchedule: Sendable {
    /// Seconds after the first, second, … attempt; the last one repeats.
    static let delays: [Int64] = [1, 5, 30, 120, 600, 3_600]
    /// RFC 5321 §4.5.4.1 asks for four to five days of a server; codes and links are dead by then.
    static let lifetime: Int64 = 2 * 86_400
    static let sentIsKept: Int64 = 86_400
    static let failedIsKept: Int64 = 30 * 86_400

    /// - Parameters:
    ///   - attempts: those made, at least one.
    ///   - chance: 0..<1: up to a quarter is taken off, so that what failed together is not tried
    ///     together.
    /// - Returns: nil if the mail is given up. The last attempt is at the end of its lifetime.
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
