import Kernel
import SQLite

/// How far things were deleted by age; a migration step of each context. Audit entries can be
/// deleted only before the mark.
public let retentionSchema = """
    CREATE TABLE retention (
        name TEXT PRIMARY KEY,
        -- audit: the time before which entries are deleted. events: the number up to which.
        mark INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    DROP TRIGGER audit_remains;
    CREATE TRIGGER audit_remains BEFORE DELETE ON audit
    WHEN old.at >= coalesce((SELECT mark FROM retention WHERE name = 'audit'), old.at) BEGIN
        SELECT RAISE(ABORT, 'audit entries are deleted by their age alone');
    END;
    """

/// Finds old tombstones and applied events; a migration step of the contexts that have them.
public let tombstoneAgesSchema = """
    CREATE INDEX tombstones_by_age ON tombstones (deleted_at);
    CREATE INDEX applied_events_by_age ON applied_events (applied_at);
    """

/// Deletes what is too old, by indexes.
public enum RetentionStore {
    /// Waiting events that a purge of the audit compares its entries with: beyond it, it waits.
    private static let mostWaiting = 1_000

    /// How far something was deleted; nil if it never was.
    public static func mark(_ name: String, in db: some Queryable) throws -> Int? {
        try db.row("SELECT mark FROM retention WHERE name = ?1", .text(name)) { Int($0.int(0)) }
    }

    /// Notes how far something is deleted, in the transaction that does it.
    public static func set(_ name: String, mark: Int, in tx: Transaction) throws {
        try tx.execute(
            "INSERT INTO retention VALUES (?1, ?2) ON CONFLICT DO UPDATE SET mark = excluded.mark",
            .text(name), .int(mark))
    }

    // MARK: Audit

    static func oldestEntry(in db: some Queryable) throws -> Timestamp? {
        try db.row("SELECT at FROM audit INDEXED BY audit_by_time ORDER BY at LIMIT 1") {
            $0.time(0)
        }
    }

    /// The events of entries are made of them: those that wait for their relay keep theirs.
    static func purgeAudit(before time: Timestamp, limit: Int, in tx: Transaction) throws -> Int {
        guard try EventOutbox.backlog(in: tx).count <= mostWaiting else { return 0 }
        try set("audit", mark: Int(time.milliseconds), in: tx)
        return try tx.execute(
            """
            DELETE FROM audit WHERE id IN (
                SELECT id FROM audit INDEXED BY audit_by_time
                WHERE at < ?1 AND id NOT IN (
                    SELECT entry_id FROM event_outbox WHERE position > 0)
                ORDER BY at, id LIMIT ?2)
            """, .time(time), .int(limit))
    }

    // MARK: Tombstones and applied events

    static func oldestTombstone(in db: some Queryable) throws -> Timestamp? {
        try db.row(
            """
            SELECT deleted_at FROM tombstones INDEXED BY tombstones_by_age
            ORDER BY deleted_at LIMIT 1
            """
        ) { $0.time(0) }
    }

    static func purgeTombstones(
        before time: Timestamp, limit: Int, in tx: Transaction
    ) throws -> Int {
        try tx.execute(
            """
            DELETE FROM tombstones WHERE (kind, id) IN (
                SELECT kind, id FROM tombstones INDEXED BY tombstones_by_age
                WHERE deleted_at < ?1 ORDER BY deleted_at LIMIT ?2)
            """, .time(time), .int(limit))
    }

    static func oldestApplied(in db: some Queryable) throws -> Timestamp? {
        try db.row(
            """
            SELECT applied_at FROM applied_events INDEXED BY applied_events_by_age
            ORDER BY applied_at LIMIT 1
            """
        ) { $0.time(0) }
    }

    static func purgeInbox(before time: Timestamp, limit: Int, in tx: Transaction) throws -> Int {
        try tx.execute(
            """
            DELETE FROM applied_events WHERE id IN (
                SELECT id FROM applied_events INDEXED BY applied_events_by_age
                WHERE applied_at < ?1 ORDER BY applied_at LIMIT ?2)
            """, .time(time), .int(limit))
    }
}
