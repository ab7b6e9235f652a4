import Kernel
import SQLite

/// Writes what became of an attempt.
struct MailMark: Sendable {
    /// nil if the mail is tried again, or was over before.
    let outcome: MailOutcome?

    /// - Parameter chance: see `MailSchedule.next`.
    init(
        _ mail: MailStore.Due, _ failure: MailFailure?, chance: Double, in tx: Transaction
    ) throws {
        // An outage says nothing about this mail, which stays as due as it is.
        let isOutage = failure?.kind == .outage
        let attempts = mail.attempts + (isOutage ? 0 : 1)
        var next: Timestamp?
        if let failure, failure.kind != .permanent {
            next = MailSchedule.next(
                after: attempts, created: mail.createdAt, now: tx.now, chance: chance)
        }
        if let failure, let next {
            try MailStore.keep(
                mail.id, failure, attempts: attempts, next: isOutage ? nil : next, in: tx)
            outcome = nil
            return
        }
        let kept = failure == nil ? MailSchedule.sentIsKept : MailSchedule.failedIsKept
        let isFirst = try MailStore.end(
            mail.id, failure: failure, attempts: attempts,
            purgeAt: tx.now.adding(seconds: kept), in: tx)
        outcome =
            isFirst
            ? MailOutcome(id: mail.id, about: mail.about, failure: failure, attempts: attempts)
            : nil
    }
}

/// What a relay has done since it was started.
public struct MailTotals: Sendable, Equatable {
    public fileprivate(set) var sent = 0
    /// Given up.
    public fileprivate(set) var failed = 0
    /// Attempts that failed and are repeated.
    public fileprivate(set) var repeated = 0

    mutating func count(_ outcome: MailOutcome?, _ failure: MailFailure?) {
        if let outcome {
            if outcome.isSent { sent += 1 } else { failed += 1 }
        } else if failure != nil {
            repeated += 1
        }
    }
}

/// For metrics.
public struct MailStatistics: Sendable, Equatable {
    /// Mails that wait.
    public let pending: Int
    /// When the oldest of them was written.
    public let oldest: Timestamp?
    public let totals: MailTotals
}
