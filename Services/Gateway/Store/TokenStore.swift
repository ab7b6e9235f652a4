import FoundationEssentials
import GatewayContract
import Kernel
import SQLite

/// A token as it is stored: without its secret.
struct Token: Sendable, Equatable {
    let id: String
    let userId: String
    let name: String
    let prefix: String
    let scopes: [String]
    let readOnly: Bool
    let createdAt: Timestamp
    let expiresAt: Timestamp?
    let lastUsedAt: Timestamp?
    /// Requests a second; 0: no limit; nil: the configured limit.
    var rateLimit: Int?
    /// Of a session: where it began.
    var device: Device?

    /// What is known of where a session began.
    struct Device: Sendable, Equatable {
        let userAgent: String?
        let address: String
    }
}

/// What authentication needs to know of a token.
struct TokenGrant: Sendable {
    let caller: Caller
    let expiresAt: Timestamp?
    let isSession: Bool
    /// Whether its user is.
    let isSuspended: Bool
    /// As `Token.rateLimit`.
    let rateLimit: Int?
}

/// The table of tokens.
enum TokenStore {
    private static let columns = Columns(
        "id", "user_id", "name", "prefix", "scopes", "read_only", "created_at", "expires_at",
        "last_used_at", "rate_limit", "user_agent", "address")

    /// The token with this SHA-256.
    static func grant(digest: [UInt8], in db: some Queryable) throws -> TokenGrant? {
        try db.row(
            """
            SELECT t.id, t.user_id, t.scopes, t.read_only, t.expires_at, u.role, t.is_session,
                u.suspended_at IS NOT NULL, t.rate_limit
            FROM tokens t JOIN users u ON u.id = t.user_id WHERE t.digest = ?1
            """, .blob(digest)
        ) { row in
            let caller = Caller(
                userId: row.text(1), isAdmin: row.text(5) == "admin",
                scopes: try scopes(row.text(2)), readOnly: row.bool(3), tokenId: row.text(0))
            return TokenGrant(
                caller: caller, expiresAt: row.timeOrNil(4), isSession: row.bool(6),
                isSuspended: row.bool(7), rateLimit: row.intOrNil(8).map { Int($0) })
        }
    }

    /// The user of a token; nil if either was deleted.
    static func user(of tokenId: String, in db: some Queryable) throws -> User? {
        let id = try db.row("SELECT user_id FROM tokens WHERE id = ?1", .text(tokenId)) {
            $0.text(0)
        }
        return try id.flatMap { try UserStore.find($0, in: db) }
    }

    /// The token or session with this id; nil if there is none.
    static func owned(_ id: String, in db: some Queryable) throws -> OwnedToken? {
        try db.row(
            "SELECT id, user_id, is_session FROM tokens WHERE id = ?1", .text(id), map: owned)
    }

    /// The token or session with this secret; nil if there is none.
    static func owned(secret: String, in db: some Queryable) throws -> OwnedToken? {
        try db.row(
            "SELECT id, user_id, is_session FROM tokens WHERE digest = ?1",
            .blob(SHA256.hash(Array(secret.utf8))), map: owned)
    }

    private static func owned(_ row: Row) -> OwnedToken {
        OwnedToken(id: row.text(0), userId: row.text(1), isSession: row.bool(2))
    }

    /// The session whose secret has this SHA-256; nil if there is none.
    static func session(digest: [UInt8], in db: some Queryable) throws -> Token? {
        try db.row(sessionByDigest, .blob(digest), map: token)
    }

    private static let sessionByDigest = SQL(
        "SELECT \(columns) FROM tokens WHERE digest = ?1 AND is_session = 1")

    static func insert(
        _ token: Token, digest: [UInt8], isSession: Bool = false, in tx: Transaction
    ) throws {
        try tx.execute(
            insertion, .text(token.id), .text(token.userId), .text(token.name),
            .text(token.prefix), .texts(token.scopes), .bool(token.readOnly),
            .time(token.createdAt), .time(token.expiresAt), .time(token.lastUsedAt),
            .int(token.rateLimit.map { Int64($0) }), .text(token.device?.userAgent),
            .text(token.device?.address),
            .blob(digest), .bool(isSession))
    }

    private static let insertion = (columns + Columns("digest", "is_session"))
        .insert(into: "tokens")

    /// API tokens, without sessions, newest first.
    static func page(
        of userId: String, _ page: PageRequest, in db: some Queryable
    ) throws -> Page<Token> {
        try db.page(ofUser, page, .text(userId), map: token)
    }

    private static let ofUser = PagedQuery(
        "\(columns, of: "r")", from: "tokens", by: "tokens_by_user",
        where: "user_id = ?1 AND is_session = 0", newestFirst: Columns("created_at", "id"))

    /// Sessions that have not ended, newest first.
    static func sessions(
        of userId: String, _ page: PageRequest, at now: Timestamp, in db: some Queryable
    ) throws -> Page<Token> {
        try db.page(sessionsOfUser, page, .text(userId), .time(now), map: token)
    }

    private static let sessionsOfUser = PagedQuery(
        "\(columns, of: "r")", from: "tokens", by: "tokens_by_user",
        where: "user_id = ?1 AND is_session = 1 AND expires_at > ?2",
        newestFirst: Columns("created_at", "id"))

    /// Nil if the user has no such session.
    static func findSession(
        _ id: String, of userId: String, in db: some Queryable
    ) throws -> Token? {
        try db.row(sessionById, .text(id), .text(userId), map: token)
    }

    private static let sessionById = SQL(
        "SELECT \(columns) FROM tokens WHERE id = ?1 AND user_id = ?2 AND is_session = 1")

    /// Deletes expired sessions.
    /// - Returns: how many.
    static func purgeSessions(limit: Int, in tx: Transaction) throws -> Int {
        try tx.execute(
            """
            DELETE FROM tokens WHERE id IN (
                SELECT id FROM tokens INDEXED BY sessions_by_end
                WHERE is_session = 1 AND expires_at <= ?1 LIMIT ?2)
            """, .time(tx.now), .int(limit))
    }

    /// Ends the sessions of a user, at most `SignInLimits.sessionsPerUser`.
    /// - Returns: the deleted ones.
    static func endSessions(
        of userId: String, except kept: String, in tx: Transaction
    ) throws -> [Token] {
        try tx.rows(ending, .text(userId), .text(kept), map: token)
    }

    private static let ending = SQL(
        """
        DELETE FROM tokens WHERE user_id = ?1 AND is_session = 1 AND id <> ?2
        RETURNING \(columns)
        """)

    /// Nil if the user has no such API token.
    static func find(_ id: String, of userId: String, in db: some Queryable) throws -> Token? {
        try db.row(byId, .text(id), .text(userId), map: token)
    }

    private static let byId = SQL(
        "SELECT \(columns) FROM tokens WHERE id = ?1 AND user_id = ?2 AND is_session = 0")

    static func delete(_ id: String, in tx: Transaction) throws {
        try tx.execute("DELETE FROM tokens WHERE id = ?1", .text(id))
    }

    /// - Returns: the deleted session; nil if the token isn't one.
    static func deleteSession(_ id: String, in tx: Transaction) throws -> Token? {
        try tx.rows(sessionDeletion, .text(id), map: token).first
    }

    private static let sessionDeletion = SQL(
        "DELETE FROM tokens WHERE id = ?1 AND is_session = 1 RETURNING \(columns)")

    /// Deletes the oldest sessions of a user beyond `count`.
    /// - Returns: the deleted ones.
    static func trimSessions(
        of userId: String, to count: Int, in tx: Transaction
    ) throws -> [Token] {
        try tx.rows(trimming, .text(userId), .int(count), map: token)
    }

    private static let trimming = SQL(
        """
        DELETE FROM tokens WHERE id IN (
            SELECT id FROM tokens WHERE user_id = ?1 AND is_session = 1
            ORDER BY created_at DESC, id DESC LIMIT -1 OFFSET ?2
        )
        RETURNING \(columns)
        """)

    /// - Returns: the deleted ones, including sessions.
    static func deleteAll(of userId: String, in tx: Transaction) throws -> [Token] {
        try tx.rows(deletion, .text(userId), map: token)
    }

    private static let deletion = SQL(
        "DELETE FROM tokens WHERE user_id = ?1 RETURNING \(columns)")

    /// At most once a minute, over all loops and processes. A stored time after `time` was dated by
    /// a clock that ran ahead.
    static func recordUse(of id: String, at time: Timestamp, in tx: Transaction) throws {
        try tx.execute(
            """
            UPDATE tokens SET last_used_at = ?2
            WHERE id = ?1
                AND (last_used_at IS NULL OR last_used_at NOT BETWEEN ?2 - 59999 AND ?2)
            """, .text(id), .time(time))
    }

    /// Whether a session expires later than one that starts at `now`: a clock that ran ahead dated
    /// it.
    static func hasSessions(datedAfter now: Timestamp, in db: some Queryable) throws -> Bool {
        try db.row(
            """
            SELECT 1 FROM tokens INDEXED BY sessions_by_end
            WHERE is_session = 1 AND expires_at > ?1 LIMIT 1
            """, .time(now.adding(seconds: sessionSeconds))
        ) { _ in true } ?? false
    }

    /// Dates sessions from the future as if they started now: they would live too long, and count
    /// as the newest when the oldest are ended.
    /// - Returns: how many.
    @discardableResult
    static func redateSessions(limit: Int, in tx: Transaction) throws -> Int {
        try tx.execute(
            """
            UPDATE tokens SET created_at = ?1, expires_at = ?2,
                last_used_at = min(last_used_at, ?1)
            WHERE id IN (
                SELECT id FROM tokens INDEXED BY sessions_by_end
                WHERE is_session = 1 AND expires_at > ?2 LIMIT ?3)
            """, .time(tx.now), .time(tx.now.adding(seconds: sessionSeconds)), .int(limit))
    }

    /// The lifetime of a session.
    static let sessionSeconds = Int64(SignInLimits.sessionDays) * 86_400

    private static func token(_ row: Row) throws -> Token {
        Token(
            id: row.text(0), userId: row.text(1), name: row.text(2), prefix: row.text(3),
            scopes: try scopes(row.text(4)), readOnly: row.bool(5), createdAt: row.time(6),
            expiresAt: row.timeOrNil(7), lastUsedAt: row.timeOrNil(8),
            rateLimit: row.intOrNil(9).map { Int($0) },
            device: row.textOrNil(11).map {
                Token.Device(userAgent: row.textOrNil(10), address: $0)
            })
    }

    private static func scopes(_ json: String) throws -> [String] {
        try JSONDecoder().decode([String].self, from: Data(json.utf8))
    }
}
