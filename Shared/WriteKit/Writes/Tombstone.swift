import Kernel
import SQLite

/// The table of deleted things that other contexts owned; a migration step of the context that
/// received the events. A request that was in flight when they were deleted must leave no rows
/// without an owner.
public let tombstonesSchema = """
    CREATE TABLE gone (
        kind TEXT NOT NULL,
        id TEXT NOT NULL,
        gone_at INTEGER NOT NULL,
        PRIMARY KEY (kind, id)
    ) STRICT, WITHOUT ROWID;
    """

/// The table's name as the rest of the code has it; the last migration step.
public let tombstoneNamesSchema = """
    ALTER TABLE gone RENAME TO tombstones;
    ALTER TABLE tombstones RENAME COLUMN gone_at TO deleted_at;
    """

/// Rows of `tombstones`: what another context answered before a transaction is checked against them
/// in the transaction.
public enum Tombstone: String, Sendable {
    case user
    case entity
    case organization
    /// One membership of a user in an organization; joining again is another one.
    case membership

    /// Records the deletion of `id`; once is enough.
    public func insert(_ id: String, in tx: Transaction) throws {
        try tx.execute(
            "INSERT INTO tombstones VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING", .text(rawValue),
            .text(id), .time(tx.now))
        // A deleted user is no longer suspended.
        if self == .user { try SuspendedUsers.set(id, isSuspended: false, in: tx) }
    }

    /// Whether `id` was deleted.
    public func contains(_ id: String, in db: some Queryable) throws -> Bool {
        try db.row(
            "SELECT 1 FROM tombstones WHERE kind = ?1 AND id = ?2", .text(rawValue), .text(id)
        ) { _ in true } ?? false
    }
}
