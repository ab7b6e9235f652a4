import Contract
import GatewayContract
import SQLite

/// Users by their names, many at once. Each list is one parameter.
enum DirectoryStore {
    /// Every user that matches, once.
    static func persons(_ query: DirectoryQuery, in db: some Queryable) throws -> [Person] {
        let found =
            try persons(ids: query.ids ?? [], in: db)
            + persons(emails: query.emails ?? [], in: db)
            + persons(usernames: query.usernames ?? [], in: db)
        var seen: Set<String> = []
        return found.filter { seen.insert($0.id).inserted }
    }

    static func persons(ids: [String], in db: some Queryable) throws -> [Person] {
        try db.rows(
            """
            SELECT u.id, u.email, u.username, u.display_name
            FROM json_each(?1) AS wanted CROSS JOIN users u ON u.id = wanted.value
            """, .texts(ids), map: person)
    }

    static func persons(emails: [String], in db: some Queryable) throws -> [Person] {
        try db.rows(
            """
            SELECT u.id, u.email, u.username, u.display_name
            FROM json_each(?1) AS wanted CROSS JOIN users u ON u.email = wanted.value
            """, .texts(emails), map: person)
    }

    static func persons(usernames: [String], in db: some Queryable) throws -> [Person] {
        try db.rows(
            """
            SELECT u.id, u.email, u.username, u.display_name
            FROM json_each(?1) AS wanted CROSS JOIN users u ON u.username = wanted.value
            """, .texts(usernames), map: person)
    }

    private static func person(_ row: Row) -> Person {
        Person(id: row.text(0), email: row.text(1), username: row.text(2), displayName: row.text(3))
    }
}
