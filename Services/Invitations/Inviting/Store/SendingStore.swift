import Kernel
import SQLite

/// Rows of `sendings`: who sent an invitation when. Deleting an entity deletes its invitations,
/// which must not restore the inviter's quota.
package enum SendingStore {
    private static let kept: Int64 = 24 * 3_600

    package static func insert(_ inviter: String, in tx: Transaction) throws {
        try tx.execute(
            "DELETE FROM sendings WHERE inviter = ?1 AND sent_at NOT BETWEEN ?2 + 1 AND ?3",
            .text(inviter), .time(tx.now.adding(seconds: -kept)), .time(tx.now))
        try tx.execute(
            "INSERT INTO sendings (inviter, sent_at) VALUES (?1, ?2)", .text(inviter),
            .time(tx.now))
    }

    /// Of a deleted inviter.
    package static func deleteAll(of inviter: String, in tx: Transaction) throws {
        try tx.execute("DELETE FROM sendings WHERE inviter = ?1", .text(inviter))
    }

    /// How many there were since then, at most a day back, and the time of the first. Those after
    /// now, from a clock that ran ahead, don't count; otherwise they would count until then.
    static func count(
        by inviter: String, since: Timestamp, to now: Timestamp, in db: some Queryable
    ) throws -> (count: Int, first: Timestamp?) {
        try db.row(
            """
            SELECT count(*), min(sent_at) FROM sendings
            WHERE inviter = ?1 AND sent_at > ?2 AND sent_at <= ?3
            """, .text(inviter), .time(since), .time(now)
        ) { (Int($0.int(0)), $0.timeOrNil(1)) } ?? (0, nil)
    }
}
