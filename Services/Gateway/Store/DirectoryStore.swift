import Contract
import GatewayContract
import SQLite

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

    static func profiles(emails: [String], in db: some Queryable) throws -> [UserProfile] {
        try db.rows(byEmail, .texts(emails), map: profile)
    }

    static func profiles(usernames: [String], in db: some Queryable) throws -> [UserProfile] {
        try db.rows(byUsername, .texts(usernames), map: profile)
    }

    private static let byId = users(by: Columns("id"))
    private static let byEmail = users(by: Columns("email"))
    private static let byUsername = users(by: Columns("username"))

    private static func users(by name: Columns) -> SQL {
        SQL(
            """
            SELECT \(Columns("id", "email", "username", "display_name"), of: "u")
            FROM json_each(?1) AS wanted CROSS JOIN users u ON \(name, of: "u") = wanted.value
            """)
    }

    private static func profile(_ row: Row) -> UserProfile {
        UserProfile(
            id: row.text(0), email: row.text(1), username: row.text(2), displayName: row.text(3))
    }
}
