import InvitationsContract
import Kernel
import SQLite

/// Limits the unsolicited e-mail that one user can make us send, to entities and workspaces
/// together.
package struct InviterQuota: Sendable {
    /// Counts the open invitations of an inviter at a moment, and says when the first expires.
    package typealias Open =
        @Sendable (String, Timestamp, any Queryable) throws -> (
            count: Int, first: Timestamp?
        )

    private static let hour: Int64 = 3_600
    private let open: [Open]

    /// - Parameter open: one for each kind of invitations.
    package init(_ open: [Open]) { self.open = open }

    /// - Parameter isMore: whether it adds a pending invitation.
    /// - Throws: 429 with the time at which there is room again at the latest.
    package func check(_ inviter: String, isMore: Bool, in tx: Transaction) throws {
        var wait: Int64 = 0
        for (span, limit) in [
            (Self.hour, InvitationLimits.hourly), (24 * Self.hour, InvitationLimits.daily),
        ] {
            let since = tx.now.adding(seconds: -span)
            let sent = try SendingStore.count(by: inviter, since: since, to: tx.now, in: tx)
            if sent.count >= limit, let first = sent.first {
                wait = max(wait, first.milliseconds - since.milliseconds)
            }
        }
        if isMore {
            let open = try open.map { try $0(inviter, tx.now, tx) }
            if open.map(\.count).reduce(0, +) >= InvitationLimits.pending,
                let first = open.compactMap(\.first).min()
            {
                wait = max(wait, first.milliseconds - tx.now.milliseconds)
            }
        }
        guard wait == 0 else {
            throw Fault(
                InvitationProblems.quotaExceeded, retryAfter: Int((wait + 999) / 1_000))
        }
    }
}
