import SQLite

/// Rows of `deleted_users`.
enum DeletedUserStore {
    static func insert(_ userId: String, in tx: Transaction) throws {
        try tx.execute(
            "INSERT INTO deleted_users VALUES (?1, ?2) ON CONFLICT DO NOTHING", .text(userId),
            .time(tx.now))
    }

    static func contains(_ userId: String, in db: some Queryable) throws -> Bool {
        let found = try db.row(
            "SELECT 1 FROM deleted_users WHERE id = ?1", .text(userId)
        ) { _ in true }
        return found ?? false
    }
}
