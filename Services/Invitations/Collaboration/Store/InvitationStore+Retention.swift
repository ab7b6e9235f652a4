import Kernel
import SQLite
import WriteKit

extension InvitationsUseCases {
    /// Invitations that were answered, revoked or have expired, by the date of their expiry: no
    /// link to one works any longer.
    package static func retention(days: Int?) -> RetentionRule {
        RetentionRule(
            "invitations", days: days, oldest: { try InvitationStore.oldestEnded(in: $0) }
        ) { try InvitationStore.purgeEnded(before: $0, limit: $1, in: $2) }
    }
}

extension InvitationStore {
    fileprivate static func oldestEnded(in db: some Queryable) throws -> Timestamp? {
        try db.row(
            """
            SELECT expires_at FROM invitations INDEXED BY ended_by_expiry
            WHERE status <> 'pending' ORDER BY expires_at LIMIT 1
            """
        ) { $0.time(0) }
    }

    fileprivate static func purgeEnded(
        before time: Timestamp, limit: Int, in tx: Transaction
    ) throws -> Int {
        try tx.execute(
            """
            DELETE FROM invitations WHERE id IN (
                SELECT id FROM invitations INDEXED BY ended_by_expiry
                WHERE status <> 'pending' AND expires_at < ?1 ORDER BY expires_at LIMIT ?2)
            """, .time(time), .int(limit))
    }
}
