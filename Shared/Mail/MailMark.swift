import Kernel
import SQLite

/// Records the result of an attempt.
struct MailMark: Sendable {
    /// nil if the mail is retried, or had ended before.
    let outcome: MailOutcome?

    /// - Parameter chance: see `MailSchedule.next`.
    init(
        _ mail: MailStore.Due, _ failure: MailFailure?, chance: Double, in tx: Transaction
    ) throws {
        // An outage is not about this mail, which keeps its time.
        let isOutage = failure?.kind.isOutage == true
        let attempts = mail.attempts + (isOutage ? 0 : 1)
        var next: Timestamp?
        switch failure?.kind {
        case .login: next = tx.now
        case .outage, .temporary:
            next = MailSchedule.next(
                after: attempts, created: mail.createdAt, now: tx.now, chance: chance)
        case nil, .permanent: break
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

/// Counts of a relay since it started.
public struct MailTotals: Sendable, Equatable {
    /// Accepted by the relay.
    public fileprivate(set) var sent = 0
    /// Refused for good or expired.
    public fileprivate(set) var failed = 0
    /// Failed attempts that are retried.
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
    /// Mails to send.
    public let pending: Int
    /// When the oldest of them was written.
    public let oldest: Timestamp?
    /// Why none can be sent at the moment.
    public let outage: MailFailure?
    /// Since the start.
    public let totals: MailTotals
}
