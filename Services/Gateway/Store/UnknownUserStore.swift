import Kernel
import SQLite

/// How many unknown names each user has tried; one row a user, deleted with the user.
let unknownUsersSchema = """
    CREATE TABLE unknown_user_counts (
        user_id TEXT PRIMARY KEY REFERENCES users ON DELETE CASCADE,
        since INTEGER NOT NULL,
        names INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    """

enum UnknownUserStore {
    static func count(of userId: String, in db: some Queryable) throws -> UnknownUserCount? {
        try db.row(
            "SELECT since, names FROM unknown_user_counts WHERE user_id = ?1", .text(userId)
        ) { UnknownUserCount(since: $0.time(0), names: Int($0.int(1))) }
    }

    /// Writes nothing for a user who was deleted in the meantime.
    static func save(_ count: UnknownUserCount, of userId: String, in tx: Transaction) throws {
        try tx.execute(
            """
            INSERT INTO unknown_user_counts SELECT id, ?2, ?3 FROM users WHERE id = ?1
            ON CONFLICT DO UPDATE SET since = excluded.since, names = excluded.names
            """, .text(userId), .time(count.since), .int(count.names))
    }
}
