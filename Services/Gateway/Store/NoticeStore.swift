import Contract
import Kernel
import SQLite

/// Shares whose recipients are to be mailed, and the tokens that stop such mails; a migration step.
let shareNoticesSchema = """
    CREATE TABLE share_notices (
        kind TEXT NOT NULL,
        share_id TEXT NOT NULL,
        user_id TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
        given_by TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        -- The mail that names the share, until it ends; NULL: it isn't written yet.
        mail_id TEXT,
        PRIMARY KEY (kind, share_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX share_notices_waiting ON share_notices (user_id, created_at)
        WHERE mail_id IS NULL;
    CREATE INDEX share_notices_of_user ON share_notices (user_id);
    CREATE INDEX share_notices_given ON share_notices (given_by);
    CREATE INDEX share_notices_of_mail ON share_notices (mail_id) WHERE mail_id IS NOT NULL;

    CREATE TABLE unsubscribe_tokens (
        -- SHA-256 of the token, which is in the mail alone.
        digest BLOB PRIMARY KEY,
        user_id TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
        created_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX unsubscribe_tokens_of_user ON unsubscribe_tokens (user_id, created_at);
    CREATE INDEX unsubscribe_tokens_by_age ON unsubscribe_tokens (created_at);
    """

/// A share whose recipient is to be mailed.
struct ShareNotice: Sendable, Hashable {
    let kind: SharedKind
    let shareId: String
    let userId: String
    let givenBy: String
}

/// Rows of `share_notices`.
enum NoticeStore {
    private static let columns = Columns("kind", "share_id", "user_id", "given_by")

    static func insert(_ notice: ShareNotice, in tx: Transaction) throws {
        try tx.execute(
            """
            INSERT INTO share_notices (kind, share_id, user_id, given_by, created_at)
            VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING
            """, .text(notice.kind.rawValue), .text(notice.shareId), .text(notice.userId),
            .text(notice.givenBy), .time(tx.now))
    }

    /// Users with notices that have waited long enough, by id. What a clock that ran ahead has
    /// dated has waited, too.
    /// - Parameters:
    ///   - until: notices of before have waited long enough.
    ///   - id: only users with a greater one.
    static func users(
        waitingSince until: Timestamp, now: Timestamp, after id: String, limit: Int,
        in db: some Queryable
    ) throws -> [String] {
        try db.rows(
            """
            SELECT DISTINCT user_id FROM share_notices INDEXED BY share_notices_waiting
            WHERE mail_id IS NULL AND user_id > ?1 AND (created_at <= ?2 OR created_at > ?3)
            ORDER BY user_id LIMIT ?4
            """, .text(id), .time(until), .time(now), .int(limit)
        ) { $0.text(0) }
    }

    /// A user's notices without a mail, also those of a moment ago.
    static func waiting(
        for userId: String, limit: Int, in db: some Queryable
    ) throws -> [ShareNotice] {
        try db.rows(waitingForUser, .text(userId), .int(limit), map: notice)
    }

    private static let waitingForUser = SQL(
        """
        SELECT \(columns) FROM share_notices INDEXED BY share_notices_waiting
        WHERE user_id = ?1 AND mail_id IS NULL ORDER BY created_at LIMIT ?2
        """)

    /// Mails that were written and wait for their relay, the first ones by id.
    static func mails(after id: String, limit: Int, in db: some Queryable) throws -> [String] {
        try db.rows(
            """
            SELECT DISTINCT mail_id FROM share_notices INDEXED BY share_notices_of_mail
            WHERE mail_id > ?1 ORDER BY mail_id LIMIT ?2
            """, .text(id), .int(limit)
        ) { $0.text(0) }
    }

    static func notices(ofMail id: String, in db: some Queryable) throws -> [ShareNotice] {
        try db.rows(ofMail, .text(id), map: notice)
    }

    private static let ofMail = SQL(
        """
        SELECT \(columns) FROM share_notices INDEXED BY share_notices_of_mail
        WHERE mail_id = ?1 ORDER BY created_at
        """)

    /// Notes which mail names a share; nil: none does any more.
    static func set(mail id: String?, of notice: ShareNotice, in tx: Transaction) throws {
        try tx.execute(
            "UPDATE share_notices SET mail_id = ?3 WHERE kind = ?1 AND share_id = ?2",
            .text(notice.kind.rawValue), .text(notice.shareId), .text(id))
    }

    static func delete(_ notice: ShareNotice, in tx: Transaction) throws {
        try tx.execute(
            "DELETE FROM share_notices WHERE kind = ?1 AND share_id = ?2",
            .text(notice.kind.rawValue), .text(notice.shareId))
    }

    /// The mail has ended.
    static func delete(ofMail id: String, in tx: Transaction) throws {
        try tx.execute("DELETE FROM share_notices WHERE mail_id = ?1", .text(id))
    }

    /// How many wait for their mail to be written, and since when the oldest does.
    static func backlog(in db: some Queryable) throws -> (count: Int, oldest: Timestamp?) {
        try db.row(
            """
            SELECT count(*), min(created_at) FROM share_notices INDEXED BY share_notices_waiting
            WHERE mail_id IS NULL
            """
        ) { (Int($0.int(0)), $0.timeOrNil(1)) } ?? (0, nil)
    }

    private static func notice(_ row: Row) throws -> ShareNotice {
        guard let kind = SharedKind(rawValue: row.text(0)) else {
            throw Fault.unexpected("an unknown kind of share")
        }
        return ShareNotice(
            kind: kind, shareId: row.text(1), userId: row.text(2), givenBy: row.text(3))
    }
}

/// Rows of `unsubscribe_tokens`: one for each mail about shares.
enum UnsubscribeStore {
    static func insert(_ digest: [UInt8], of userId: String, in tx: Transaction) throws {
        try tx.execute(
            "INSERT INTO unsubscribe_tokens VALUES (?1, ?2, ?3)", .blob(digest), .text(userId),
            .time(tx.now))
    }

    static func userId(of digest: [UInt8], in db: some Queryable) throws -> String? {
        try db.row("SELECT user_id FROM unsubscribe_tokens WHERE digest = ?1", .blob(digest)) {
            $0.text(0)
        }
    }

    /// How many mails about shares a user got since a time.
    static func count(
        of userId: String, since: Timestamp, to now: Timestamp, in db: some Queryable
    ) throws -> Int {
        try db.row(
            """
            SELECT count(*) FROM unsubscribe_tokens INDEXED BY unsubscribe_tokens_of_user
            WHERE user_id = ?1 AND created_at > ?2 AND created_at <= ?3
            """, .text(userId), .time(since), .time(now)
        ) { Int($0.int(0)) } ?? 0
    }

    /// Deletes those of mails that are older than anyone reads.
    /// - Returns: how many.
    static func purge(before: Timestamp, limit: Int, in tx: Transaction) throws -> Int {
        try tx.execute(
            """
            DELETE FROM unsubscribe_tokens WHERE digest IN (
                SELECT digest FROM unsubscribe_tokens INDEXED BY unsubscribe_tokens_by_age
                WHERE created_at < ?1 LIMIT ?2)
            """, .time(before), .int(limit))
    }
}
