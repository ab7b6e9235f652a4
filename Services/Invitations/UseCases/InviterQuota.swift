import InvitationsContract
import Kernel
import SQLite

/// Limits the unsolicited e-mail that one user can make us send, to entities and workspaces
/// together.
enum InviterQuota {
    private static let hour: Int64 = 3_600

    /// - Parameter isMore: whether it adds a pending invitation.
    /// - Throws: 429 with the time at which there is room again at the latest.
    static func check(_ inviter: String, isMore: Bool, in tx: Transaction) throws {
        var wait: Int64 = 0
        for (span, limit) in [
            (hour, InvitationLimits.hourly), (24 * hour, InvitationLimits.daily),
        ] {
            let since = tx.now.adding(seconds: -span)
            let sent = try SendingStore.count(by: inviter, since: since, to: tx.now, in: tx)
            if sent.count >= limit, let first = sent.first {
                wait = max(wait, first.milliseconds - since.milliseconds)
            }
        }
        if isMore {
            let open = [
                try InvitationStore.open(by: inviter, at: tx.now, in: tx),
                try WorkspaceInvitationStore.open(by: inviter, at: tx.now, in: tx),
            ]
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
