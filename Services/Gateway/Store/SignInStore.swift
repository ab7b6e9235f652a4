import Kernel
import SQLite

/// Requests for codes, codes, and the tries of clients. Rows are deleted after an hour, and so are
/// those that a clock that ran ahead dated in the future.
let signInSchema = """
    -- Answered, and not yet looked at: all requests take the same time, whoever they are about.
    CREATE TABLE code_requests (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        email TEXT NOT NULL,
        requested_at INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE sign_in_codes (
        -- Which is the newest, whatever the clock said.
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        email TEXT NOT NULL,
        digest BLOB NOT NULL,
        created_at INTEGER NOT NULL,
        tries INTEGER NOT NULL DEFAULT 0,
        is_used INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE INDEX codes_of_address ON sign_in_codes (email, number);
    CREATE INDEX codes_by_age ON sign_in_codes (created_at);
    CREATE TABLE sign_in_tries (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        client BLOB NOT NULL,
        tried_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX tries_of_client ON sign_in_tries (client, tried_at);
    CREATE INDEX tries_by_age ON sign_in_tries (tried_at);
    """

/// That a code be sent to an address.
struct CodeRequest: Sendable {
    let email: String
    /// Its user is created even where sign-up is closed.
    let isInvited: Bool
    /// The invitation's language.
    let locale: String?
    /// What the browser prefers of the languages that we have.
    let acceptedLocale: String?
}

enum SignInStore {
    // MARK: Requests for codes

    static func insert(_ request: CodeRequest, in tx: Transaction) throws {
        try tx.execute(
            """
            INSERT INTO code_requests (email, requested_at, is_invited, locale, accepted_locale)
            VALUES (?1, ?2, ?3, ?4, ?5)
            """, .text(request.email), .time(tx.now), .bool(request.isInvited),
            .text(request.locale), .text(request.acceptedLocale))
    }

    static func hasRequests(in db: some Queryable) throws -> Bool {
        try db.row("SELECT 1 FROM code_requests LIMIT 1", map: { _ in true }) ?? false
    }

    /// Deletes the oldest requests.
    /// - Returns: how many, and those that are newer than `time`; the others have expired.
    static func takeRequests(
        _ limit: Int, since time: Timestamp, in tx: Transaction
    ) throws -> (count: Int, current: [CodeRequest]) {
        let requests = try tx.rows(
            """
            SELECT number, requested_at, email, is_invited, locale, accepted_locale
            FROM code_requests ORDER BY number LIMIT ?1
            """, .int(limit)
        ) { row in
            let request = CodeRequest(
                email: row.text(2), isInvited: row.bool(3), locale: row.textOrNil(4),
                acceptedLocale: row.textOrNil(5))
            return (number: row.int(0), at: row.time(1), request: request)
        }
        guard let last = requests.last else { return (0, []) }
        try tx.execute("DELETE FROM code_requests WHERE number <= ?1", .int(last.number))
        let current = requests.filter { $0.at > time }
        return (requests.count, current.map(\.request))
    }

    // MARK: Codes

    static func insert(_ code: SignInCode, in tx: Transaction) throws {
        try tx.execute(
            "INSERT INTO sign_in_codes (id, email, digest, created_at) VALUES (?1, ?2, ?3, ?4)",
            .text(code.id), .text(code.email), .blob(code.digest), .time(code.createdAt))
    }

    static func newest(of email: String, in db: some Queryable) throws -> SignInCode? {
        try db.row(
            """
            SELECT id, email, digest, created_at, tries, is_used FROM sign_in_codes
            WHERE email = ?1 ORDER BY number DESC LIMIT 1
            """, .text(email)
        ) { row in
            SignInCode(
                id: row.text(0), email: row.text(1), digest: row.blob(2), createdAt: row.time(3),
                tries: Int(row.int(4)), isUsed: row.bool(5))
        }
    }

    static func count(
        of email: String, since: Timestamp, to now: Timestamp, in db: some Queryable
    ) throws -> Int {
        try db.row(
            """
            SELECT count(*) FROM sign_in_codes
            WHERE email = ?1 AND created_at > ?2 AND created_at <= ?3
            """, .text(email), .time(since), .time(now)
        ) { Int($0.int(0)) } ?? 0
    }

    static func update(_ code: SignInCode, in tx: Transaction) throws {
        try tx.execute(
            "UPDATE sign_in_codes SET tries = ?2, is_used = ?3 WHERE id = ?1", .text(code.id),
            .int(code.tries), .bool(code.isUsed))
    }

    // MARK: Tries

    static func insertTry(of client: [UInt8], in tx: Transaction) throws {
        try tx.execute(
            "INSERT INTO sign_in_tries (client, tried_at) VALUES (?1, ?2)", .blob(client),
            .time(tx.now))
    }

    /// How often a client has tried since `since`, and when first.
    /// - Parameter client: what stands for it, with each secret.
    static func tries(
        of client: [[UInt8]], since: Timestamp, to now: Timestamp, in db: some Queryable
    ) throws -> (count: Int, first: Timestamp?) {
        try client.reduce((0, nil)) { sum, client in
            let (count, first) = try tries(of: client, since: since, to: now, in: db)
            return (sum.count + count, [sum.first, first].compactMap(\.self).min())
        }
    }

    private static func tries(
        of client: [UInt8], since: Timestamp, to now: Timestamp, in db: some Queryable
    ) throws -> (count: Int, first: Timestamp?) {
        try db.row(
            """
            SELECT count(*), min(tried_at) FROM sign_in_tries
            WHERE client = ?1 AND tried_at > ?2 AND tried_at <= ?3
            """, .blob(client), .time(since), .time(now)
        ) { (Int($0.int(0)), $0.timeOrNil(1)) } ?? (0, nil)
    }

    // MARK: After a clock that ran ahead

    /// Seconds by which the time of a write can be ahead of the clock.
    private static let leeway: Int64 = 1

    static func isDated(after now: Timestamp, in db: some Queryable) throws -> Bool {
        try db.row(
            """
            SELECT EXISTS (SELECT 1 FROM sign_in_codes INDEXED BY codes_by_age
                    WHERE created_at > ?1)
                OR EXISTS (SELECT 1 FROM sign_in_tries INDEXED BY tries_by_age
                    WHERE tried_at > ?1)
            """, .time(now.adding(seconds: leeway))
        ) { $0.bool(0) } ?? false
    }

    /// - Returns: how many rows.
    static func deleteDated(limit: Int, in tx: Transaction) throws -> Int {
        let now = Value.time(tx.now.adding(seconds: leeway))
        let codes = try tx.execute(
            """
            DELETE FROM sign_in_codes WHERE number IN (
                SELECT number FROM sign_in_codes INDEXED BY codes_by_age
                WHERE created_at > ?1 LIMIT ?2)
            """, now, .int(limit))
        let tries = try tx.execute(
            """
            DELETE FROM sign_in_tries WHERE number IN (
                SELECT number FROM sign_in_tries INDEXED BY tries_by_age
                WHERE tried_at > ?1 LIMIT ?2)
            """, now, .int(limit))
        return codes + tries
    }

    /// Deletes rows from before `time`, up to `limit` each.
    /// - Returns: whether there may be more.
    static func purge(before time: Timestamp, limit: Int, in tx: Transaction) throws -> Bool {
        let codes = try tx.execute(
            """
            DELETE FROM sign_in_codes WHERE number IN (
                SELECT number FROM sign_in_codes INDEXED BY codes_by_age
                WHERE created_at <= ?1 LIMIT ?2)
            """, .time(time), .int(limit))
        let tries = try tx.execute(
            """
            DELETE FROM sign_in_tries WHERE number IN (
                SELECT number FROM sign_in_tries INDEXED BY tries_by_age
                WHERE tried_at <= ?1 LIMIT ?2)
            """, .time(time), .int(limit))
        return codes == limit || tries == limit
    }
}
