import Kernel
import SQLite

/// The table of mails; a migration of the context that sends them. It contains no addresses: the
/// recipient is in the sealed part, which is deleted when the mail has been sent or has failed.
///
/// `next_at` is when to act: 0 for a mail that was never tried (so that setting the clock back
/// delays none), the next attempt of a pending one, the purge of an ended one. One index finds what
/// is due and what to purge, and serves the metrics.
public let mailSchema = """
    CREATE TABLE mails (
        id TEXT PRIMARY KEY,
        about TEXT,
        status TEXT NOT NULL CHECK (status IN ('pending', 'sent', 'failed')),
        next_at INTEGER NOT NULL,
        created_at INTEGER NOT NULL,
        -- Nobody wants it later.
        good_until INTEGER,
        ended_at INTEGER,
        attempts INTEGER NOT NULL DEFAULT 0,
        last_error TEXT,
        last_code INTEGER,
        sealed BLOB,
        CHECK ((status = 'pending') = (sealed IS NOT NULL)),
        CHECK ((status = 'pending') = (ended_at IS NULL))
    ) STRICT;
    CREATE INDEX mails_due ON mails (status, next_at, id, created_at);
    CREATE INDEX mails_about ON mails (about, id) WHERE about IS NOT NULL;
    """

/// When a mail was last tried, by the clock of that moment; a later migration of the same contexts.
/// It shows which attempts a clock that ran ahead has delayed.
public let mailTriesSchema = """
    ALTER TABLE mails ADD COLUMN tried_at INTEGER;
    CREATE INDEX mails_tried ON mails (tried_at)
        WHERE status = 'pending' AND tried_at IS NOT NULL;
    """

/// Where pending mails are sealed; its index is a later migration of the same contexts.
public let sealedMails = SealedColumn("sealed", of: "mails", where: "status = 'pending'")

/// The rows of `mails`.
enum MailStore {
    /// A mail that can be tried.
    struct Due: Sendable, Equatable {
        let id: String
        let about: String?
        let createdAt: Timestamp
        var goodUntil: Timestamp?
        let attempts: Int
        let sealed: [UInt8]
    }

    static func insert(
        _ id: String, about: String?, goodUntil: Timestamp?, sealed: [UInt8], in tx: Transaction
    ) throws {
        try tx.execute(
            """
            INSERT INTO mails (id, about, status, next_at, created_at, good_until, sealed)
            VALUES (?1, ?2, 'pending', 0, ?3, ?4, ?5)
            """, .text(id), .text(about), .time(tx.now), .time(goodUntil), .blob(sealed))
    }

    /// Ids of the due mails; those that were never tried come first, in the order of their
    /// creation.
    static func due(at now: Timestamp, limit: Int, in db: some Queryable) throws -> [String] {
        try db.rows(
            """
            SELECT id FROM mails WHERE status = 'pending' AND next_at <= ?1
            ORDER BY next_at, id LIMIT ?2
            """, .time(now), .int(limit)
        ) { $0.text(0) }
    }

    static func load(_ id: String, in db: some Queryable) throws -> Due? {
        try db.row(
            """
            SELECT id, about, created_at, good_until, attempts, sealed FROM mails
            WHERE id = ?1 AND status = 'pending'
            """, .text(id)
        ) { row in
            Due(
                id: row.text(0), about: row.textOrNil(1), createdAt: row.time(2),
                goodUntil: row.timeOrNil(3), attempts: Int(row.int(4)), sealed: row.blob(5))
        }
    }

    /// Marks a mail as sent or failed, and deletes its content.
    /// - Returns: false if it had ended before.
    static func end(
        _ id: String, failure: MailFailure?, attempts: Int? = nil, purgeAt: Timestamp,
        in tx: Transaction
    ) throws -> Bool {
        try tx.execute(
            """
            UPDATE mails SET status = ?2, sealed = NULL, ended_at = ?3, next_at = ?4,
                attempts = coalesce(?5, attempts),
                last_error = CASE ?2 WHEN 'sent' THEN last_error ELSE ?6 END,
                last_code = CASE ?2 WHEN 'sent' THEN last_code ELSE ?7 END
            WHERE id = ?1 AND status = 'pending'
            """, .text(id), .text(failure == nil ? "sent" : "failed"), .time(tx.now),
            .time(purgeAt), .int(attempts.map(Int64.init)), .text(failure?.reason),
            .int(failure?.code.map(Int64.init))) > 0
    }

    /// Records a failed attempt of a mail that will be retried.
    /// - Parameter next: nil keeps the time of the next attempt.
    static func keep(
        _ id: String, _ failure: MailFailure, attempts: Int, next: Timestamp?, in tx: Transaction
    ) throws {
        try tx.execute(
            """
            UPDATE mails SET attempts = ?2, next_at = coalesce(?3, next_at), last_error = ?4,
                last_code = ?5, tried_at = iif(?3 IS NULL, tried_at, ?6),
                created_at = min(created_at, ?6)
            WHERE id = ?1 AND status = 'pending'
            """, .text(id), .int(attempts), .time(next), .text(failure.reason),
            .int(failure.code.map(Int64.init)), .time(tx.now))
    }

    /// Whether attempts are dated in the future, by a clock that ran ahead.
    static func isDated(after now: Timestamp, in db: some Queryable) throws -> Bool {
        try db.row(
            """
            SELECT 1 FROM mails INDEXED BY mails_tried
            WHERE status = 'pending' AND tried_at > ?1 LIMIT 1
            """, .time(now)
        ) { _ in true } ?? false
    }

    /// Dates attempts from the future to now, and brings the next ones forward by as much.
    /// - Returns: how many.
    @discardableResult
    static func redate(limit: Int, in tx: Transaction) throws -> Int {
        try tx.execute(
            """
            UPDATE mails SET next_at = max(0, next_at - (tried_at - ?1)), tried_at = ?1
            WHERE id IN (
                SELECT id FROM mails INDEXED BY mails_tried
                WHERE status = 'pending' AND tried_at > ?1 LIMIT ?2)
            """, .time(tx.now), .int(limit))
    }

    /// Deletes rows whose time is over, and those that would be kept for too long because a clock
    /// that ran ahead dated them.
    /// - Returns: how many.
    static func purge(limit: Int, in tx: Transaction) throws -> Int {
        try tx.execute(
            """
            DELETE FROM mails WHERE id IN (
                SELECT * FROM (SELECT id FROM mails
                    WHERE status IN ('sent', 'failed') AND next_at <= ?1 LIMIT ?3)
                UNION ALL
                SELECT * FROM (SELECT id FROM mails
                    WHERE status IN ('sent', 'failed') AND next_at > ?2 LIMIT ?3))
            """, .time(tx.now), .time(tx.now.adding(seconds: 2 * MailSchedule.failedIsKept)),
            .int(limit))
    }

    /// How many are pending, and the time of the oldest.
    static func backlog(in db: some Queryable) throws -> (count: Int, oldest: Timestamp?) {
        try db.row("SELECT count(*), min(created_at) FROM mails WHERE status = 'pending'") {
            (Int($0.int(0)), $0.timeOrNil(1))
        } ?? (0, nil)
    }

    /// Of the waiting mail that is tried next.
    static func trouble(in db: some Queryable) throws -> (attempts: Int, error: String)? {
        let next = try db.row(
            """
            SELECT attempts, last_error FROM mails
            WHERE status = 'pending' ORDER BY next_at, id LIMIT 1
            """
        ) { (attempts: Int($0.int(0)), error: $0.textOrNil(1)) }
        guard let next, let error = next.error else { return nil }
        return (next.attempts, error)
    }

    static func find(_ id: String, in db: some Queryable) throws -> MailRecord? {
        try db.row(
            """
            SELECT id, about, status, attempts, created_at, next_at, ended_at, last_error,
                last_code FROM mails WHERE id = ?1
            """, .text(id), map: record)
    }

    static func latest(about: String, in db: some Queryable) throws -> MailRecord? {
        try db.row(
            """
            SELECT id, about, status, attempts, created_at, next_at, ended_at, last_error,
                last_code FROM mails WHERE about = ?1 ORDER BY rowid DESC LIMIT 1
            """, .text(about), map: record)
    }

    private static func record(_ row: Row) throws -> MailRecord {
        let status = MailRecord.Status(rawValue: row.text(2)) ?? .pending
        let next = row.time(5)
        let waits = status == .pending && next.milliseconds > 0
        return MailRecord(
            id: row.text(0), about: row.textOrNil(1), status: status, attempts: Int(row.int(3)),
            createdAt: row.time(4), nextAttemptAt: waits ? next : nil,
            endedAt: row.timeOrNil(6), lastError: row.textOrNil(7),
            lastCode: row.intOrNil(8).map(Int.init))
    }
}
