import GatewayContract
import Kernel
import SQLite

/// A user as it is stored.
struct User: Sendable, Equatable {
    let id: String
    var email: String
    var username: String
    var displayName: String
    var role: Role
    let createdAt: Timestamp

    /// What `list` searches. No part can contain the line feed, so that no match spans two.
    var searchText: String { Text.folded("\(email)\n\(username)\n\(displayName)") }
}

/// The table of users.
enum UserStore {
    static func find(_ id: String, in db: some Queryable) throws -> User? {
        try db.row(
            "SELECT id, email, username, display_name, role, created_at FROM users WHERE id = ?1",
            .text(id), map: user)
    }

    static func find(email: String, in db: some Queryable) throws -> User? {
        try db.row(
            """
            SELECT id, email, username, display_name, role, created_at FROM users WHERE email = ?1
            """, .text(email), map: user)
    }

    static func insert(_ user: User, in tx: Transaction) throws {
        try tx.execute(
            """
            INSERT INTO users (id, email, username, display_name, role, created_at, search_text)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            """, .text(user.id), .text(user.email), .text(user.username), .text(user.displayName),
            .text(user.role.rawValue), .time(user.createdAt), .text(user.searchText))
    }

    static func update(_ user: User, in tx: Transaction) throws {
        try tx.execute(
            """
            UPDATE users SET email = ?2, username = ?3, display_name = ?4, role = ?5,
                search_text = ?6
            WHERE id = ?1
            """, .text(user.id), .text(user.email), .text(user.username), .text(user.displayName),
            .text(user.role.rawValue), .text(user.searchText))
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

    /// Whether an admin other than `id` exists.
    static func hasAdmin(besides id: String, in db: some Queryable) throws -> Bool {
        try db.row(
            "SELECT 1 FROM users INDEXED BY admins WHERE role = 'admin' AND id <> ?1 LIMIT 1",
            .text(id)
        ) { _ in true } ?? false
    }

    /// Newest first. `search` is a part of an address, username or display name. It scans all
    /// users, which is acceptable for a search by admins.
    static func list(_ search: String?, _ page: PageRequest, in db: some Queryable) throws -> Page<
        User
    > {
        guard let search else { return try all(page, in: db) }
        let part = Value.text(Text.folded(search))
        let users = try db.rows(
            """
            SELECT id, email, username, display_name, role, created_at
            FROM users INDEXED BY users_by_age
            WHERE instr(search_text, ?1) > 0
            ORDER BY created_at DESC, id DESC LIMIT ?2 OFFSET ?3
            """, part, .int(page.size), .int(page.offset), map: user)
        let total = try db.row(
            """
            SELECT count(*) FROM users INDEXED BY users_by_age WHERE instr(search_text, ?1) > 0
            """, part
        ) { Int($0.int(0)) }
        return Page(users, page, total: total ?? 0)
    }

    /// The page's ids come from the index alone, which keeps far pages fast.
    private static func all(_ page: PageRequest, in db: some Queryable) throws -> Page<User> {
        let users = try db.rows(
            """
            SELECT u.id, u.email, u.username, u.display_name, u.role, u.created_at
            FROM (SELECT id FROM users INDEXED BY users_by_age
                  ORDER BY created_at DESC, id DESC LIMIT ?1 OFFSET ?2) AS page
            CROSS JOIN users u ON u.id = page.id
            ORDER BY u.created_at DESC, u.id DESC
            """, .int(page.size), .int(page.offset), map: user)
        let total = try db.row("SELECT count(*) FROM users INDEXED BY users_by_age") {
            Int($0.int(0))
        }
        return Page(users, page, total: total ?? 0)
    }

    static func user(_ row: Row) throws -> User {
        User(
            id: row.text(0), email: row.text(1), username: row.text(2), displayName: row.text(3),
            role: Role(rawValue: row.text(4)) ?? .member, createdAt: row.time(5))
    }
}
