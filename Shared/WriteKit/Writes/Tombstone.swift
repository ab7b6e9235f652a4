import Kernel
import SQLite

/// The table of things that other contexts owned and that are gone; a migration of the context that
/// has heard of it. A request that was on its way when they went must leave nothing behind that
/// belongs to nobody.
public let tombstonesSchema = """
    CREATE TABLE gone (
        kind TEXT NOT NULL,
        id TEXT NOT NULL,
        gone_at INTEGER NOT NULL,
        PRIMARY KEY (kind, id)
    ) STRICT, WITHOUT ROWID;
    """

/// Rows of `gone`: what was asked of another context before a transaction is held against them in
/// it.
public enum Tombstone: String, Sendable {
    case user
    case entity
    case organization
    /// One time of a user in an organization: he may come back, as another membership.
    case membership

    /// Records the deletion of `id`; once is enough.
    public func insert(_ id: String, in tx: Transaction) throws {
        try tx.execute(
            "INSERT INTO gone VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING", .text(rawValue),
            .text(id), .time(tx.now))
    }

    /// Whether `id` was deleted.
    public func contains(_ id: String, in db: some Queryable) throws -> Bool {
        try db.row(
            "SELECT 1 FROM gone WHERE kind = ?1 AND id = ?2", .text(rawValue), .text(id)
        ) { _ in true } ?? false
    }

    /// Refuses a caller who was deleted after his request began: 403 `user_deleted`.
    public static func check(_ caller: Caller, in db: some Queryable) throws {
        guard try !Tombstone.user.contains(caller.userId, in: db) else {
            throw Fault(ProblemType.userDeleted)
        }
    }
}
