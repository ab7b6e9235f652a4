import Contract
import GatewayContract
import Kernel
import SQLite

/// A user as it is stored.
struct User: Sendable, Equatable {
    let id: String
    var email: String
    var username: String
    var displayName: String
    var externalId: String?
    var role: Role
    let createdAt: Timestamp
    /// nil: not suspended.
    var suspendedAt: Timestamp?
    /// The language of pages and mails.
    var locale: String?
    /// nil: people alone.
    var managedBy: ManagedBy?
    /// Whether the user gets e-mails about shares.
    var emailNotifications = true

    var isSuspended: Bool { suspendedAt != nil }

    /// What `page` searches. No part can contain the line feed, so that no match spans two.
    var searchText: String { Text.folded("\(email)\n\(username)\n\(displayName)") }
}

/// The table of users.
enum UserStore {
    static let columns = Columns(
        "id", "email", "username", "display_name", "role", "created_at", "external_id",
        "suspended_at", "locale", "provider", "email_notifications")

    static func find(_ id: String, in db: some Queryable) throws -> User? {
        try db.row(byId, .text(id), map: user)
    }

    static func find(email: String, in db: some Queryable) throws -> User? {
        try db.row(byEmail, .text(email), map: user)
    }

    /// - Parameter externalId: in NFC.
    static func find(externalId: String, in db: some Queryable) throws -> User? {
        try db.row(byExternalId, .text(externalId), map: user)
    }

    /// - Parameter name: an id, or `ext:` and an external id.
    static func find(named name: String, in db: some Queryable) throws -> User? {
        guard let externalId = ExternalID.named(by: name) else { return try find(name, in: db) }
        return try find(externalId: externalId, in: db)
    }

    private static let byId = SQL("SELECT \(columns) FROM users WHERE id = ?1")
    private static let byEmail = SQL("SELECT \(columns) FROM users WHERE email = ?1")
    private static let byExternalId = SQL(
        "SELECT \(columns) FROM users WHERE external_id = ?1")

    static func insert(_ user: User, in tx: Transaction) throws {
        try tx.execute(
            insertion, .text(user.id), .text(user.email), .text(user.username),
            .text(user.displayName), .text(user.role.rawValue), .time(user.createdAt),
            .text(user.externalId), .time(user.suspendedAt), .text(user.locale),
            .text(user.managedBy?.rawValue), .bool(user.emailNotifications),
            .text(user.searchText))
    }

    private static let insertion = (columns + Columns("search_text")).insert(into: "users")

    static func update(_ user: User, in tx: Transaction) throws {
        try tx.execute(
            """
            UPDATE users SET email = ?2, username = ?3, display_name = ?4, role = ?5,
                search_text = ?6, external_id = ?7, suspended_at = ?8, locale = ?9,
                provider = ?10, email_notifications = ?11,
                updated_at = max(?12, coalesce(updated_at, created_at))
            WHERE id = ?1
            """, .text(user.id), .text(user.email), .text(user.username), .text(user.displayName),
            .text(user.role.rawValue), .text(user.searchText), .text(user.externalId),
            .time(user.suspendedAt), .text(user.locale), .text(user.managedBy?.rawValue),
            .bool(user.emailNotifications), .time(tx.now))
    }

    static func delete(_ id: String, in tx: Transaction) throws {
        try tx.execute("DELETE FROM users WHERE id = ?1", .text(id))
    }

    static func id(email: String, in db: some Queryable) throws -> String? {
        try db.row("SELECT id FROM users WHERE email = ?1", .text(email)) { $0.text(0) }
    }

    static func id(username: String, in db: some Queryable) throws -> String? {
        try db.row("SELECT id FROM users WHERE username = ?1", .text(username)) { $0.text(0) }
    }

    /// Whether an admin other than `id` exists who is not suspended.
    static func hasAdmin(besides id: String, in db: some Queryable) throws -> Bool {
        try db.row(
            """
            SELECT 1 FROM users INDEXED BY admins
            WHERE role = 'admin' AND id <> ?1 AND suspended_at IS NULL LIMIT 1
            """, .text(id)
        ) { _ in true } ?? false
    }

    /// Ids of admins in ascending order, from after one on.
    static func adminIds(
        after id: String, limit: Int, in db: some Queryable
    ) throws -> [String] {
        try db.rows(
            """
            SELECT id FROM users INDEXED BY admins WHERE role = 'admin' AND id > ?1
            ORDER BY id LIMIT ?2
            """, .text(id), .int(limit)
        ) { $0.text(0) }
    }

    /// Users in the order of their ids, from after one on.
    static func after(_ id: String, limit: Int, in db: some Queryable) throws -> [User] {
        try db.rows(fromId, .text(id), .int(limit), map: user)
    }

    private static let fromId = SQL(
        "SELECT \(columns) FROM users WHERE id > ?1 ORDER BY id LIMIT ?2")

    /// Newest first. `search` is a part of an address, username or display name. It goes through
    /// the texts of all users, in the index that orders them: 0.1 s for a million.
    static func page(
        _ search: String?, _ page: PageRequest, in db: some Queryable
    ) throws -> Page<User> {
        guard let search else { return try db.page(all, page, map: user) }
        return try db.page(found, page, .text(Text.folded(search)), map: user)
    }

    static let list = LongList("users", of: "users", order: .time("created_at", id: "id"))

    private static let all = query(where: "1", countedBy: list)
    private static let found = query(where: "instr(search_text, ?1) > 0")

    private static func query(
        where condition: SQL.Parts, countedBy list: LongList? = nil
    ) -> PagedQuery {
        PagedQuery(
            "\(columns, of: "r")", from: "users", by: "users_by_age", where: condition,
            newestFirst: Columns("created_at", "id"), countedBy: list)
    }

    static func user(_ row: Row) throws -> User {
        User(
            id: row.text(0), email: row.text(1), username: row.text(2), displayName: row.text(3),
            externalId: row.textOrNil(6), role: Role(rawValue: row.text(4)) ?? .member,
            createdAt: row.time(5), suspendedAt: row.timeOrNil(7), locale: row.textOrNil(8),
            managedBy: row.textOrNil(9).flatMap(ManagedBy.init), emailNotifications: row.bool(10))
    }
}
