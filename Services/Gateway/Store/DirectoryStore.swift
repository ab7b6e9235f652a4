import Contract
import GatewayContract
import Kernel
import SQLite

/// A user by our own names.
struct NamedUser: Sendable {
    let id: String
    let username: String
    /// Whether a platform admin's token can act for them (`UserPolicy.isActable`).
    var isActable = false
    /// Whether they are a platform admin.
    var isAdmin = false
    var isSuspended = false
}

extension NamedUser {
    init(_ user: User) {
        self.init(
            id: user.id, username: user.username, isActable: UserPolicy.isActable(user),
            isAdmin: user.role == .admin, isSuspended: user.isSuspended)
    }
}

/// Looks up many users by their names at once. Each list is one parameter.
enum DirectoryStore {
    /// Every user that matches, once.
    static func profiles(_ query: DirectoryQuery, in db: some Queryable) throws -> [UserProfile] {
        let found =
            try profiles(ids: query.ids ?? [], in: db)
            + profiles(emails: query.emails ?? [], in: db)
            + profiles(usernames: query.usernames ?? [], in: db)
        var seen: Set<String> = []
        return found.filter { seen.insert($0.id).inserted }
    }

    static func profiles(ids: [String], in db: some Queryable) throws -> [UserProfile] {
        try db.rows(byId, .texts(ids), map: profile)
    }

    /// Those of the ids that belong to users.
    static func existing(_ ids: [String], in db: some Queryable) throws -> [String] {
        try db.rows(
            "SELECT u.id FROM json_each(?1) asked CROSS JOIN users u ON u.id = asked.value",
            .texts(ids)
        ) { $0.text(0) }
    }

    static func profiles(emails: [String], in db: some Queryable) throws -> [UserProfile] {
        try db.rows(byEmail, .texts(emails), map: profile)
    }

    static func profiles(usernames: [String], in db: some Queryable) throws -> [UserProfile] {
        try db.rows(byUsername, .texts(usernames), map: profile)
    }

    /// - Parameter externalIds: in NFC.
    /// - Returns: those that exist, by their external ids.
    static func users(
        externalIds: [String], in db: some Queryable
    ) throws -> [String: NamedUser] {
        let found = try db.rows(byExternalId, .texts(externalIds)) { row in
            (row.text(0), NamedUser(id: row.text(1), username: row.text(2)))
        }
        return Dictionary(found) { first, _ in first }
    }

    /// The same for one.
    static func user(externalId: String, in db: some Queryable) throws -> NamedUser? {
        try db.row(byOneExternalId, .text(externalId)) {
            NamedUser(id: $0.text(0), username: $0.text(1))
        }
    }

    private static let byOneExternalId: SQL =
        "SELECT id, username FROM users WHERE external_id = ?1"
    private static let byExternalId = SQL(
        """
        SELECT u.external_id, u.id, u.username
        FROM json_each(?1) AS wanted
        CROSS JOIN users u INDEXED BY users_by_external_id ON u.external_id = wanted.value
        """)

    /// Those of `ids` whose names contain a text.
    static func profiles(
        ids: [String], matching search: String, in db: some Queryable
    ) throws -> [UserProfile] {
        try db.rows(matching, .texts(ids), .text(Text.folded(search)), map: profile)
    }

    private static let matching = SQL("\(byId) WHERE instr(u.search_text, ?2) > 0")

    /// The platform admins among some users.
    static func admins(among ids: [String], in db: some Queryable) throws -> [String] {
        try db.rows(
            """
            SELECT u.id FROM json_each(?1) AS wanted CROSS JOIN users u
                ON u.id = wanted.value AND u.role = 'admin'
            """, .texts(ids)
        ) { $0.text(0) }
    }

    private static let byId = users(by: Columns("id"))
    private static let byEmail = users(by: Columns("email"))
    private static let byUsername = users(by: Columns("username"))

    private static func users(by name: Columns) -> SQL {
        SQL(
            """
            SELECT \(Columns("id", "email", "username", "display_name", "locale"), of: "u")
            FROM json_each(?1) AS wanted CROSS JOIN users u ON \(name, of: "u") = wanted.value
            """)
    }

    private static func profile(_ row: Row) -> UserProfile {
        UserProfile(
            id: row.text(0), email: row.text(1), username: row.text(2), displayName: row.text(3),
            locale: row.textOrNil(4))
    }
}
