import Kernel
import SQLite

/// The table of suspended users, as the gateway notifies of them; a migration of each context that
/// tells what a user may do.
public let suspendedUsersSchema = """
    CREATE TABLE suspended_users (
        id TEXT PRIMARY KEY,
        suspended_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    """

/// Rows of `suspended_users`. A suspended user keeps what they were given, and has access to
/// nothing: each answer about what a user may do asks here.
public enum SuspendedUsers {
    /// Suspends a user, or ends the suspension; once is enough.
    public static func set(_ id: String, isSuspended: Bool, in tx: Transaction) throws {
        if isSuspended {
            try tx.execute(
                "INSERT INTO suspended_users VALUES (?1, ?2) ON CONFLICT DO NOTHING", .text(id),
                .time(tx.now))
        } else {
            try tx.execute("DELETE FROM suspended_users WHERE id = ?1", .text(id))
        }
    }

    /// Whether the user is suspended.
    public static func contains(_ id: String, in db: some Queryable) throws -> Bool {
        try db.row("SELECT 1 FROM suspended_users WHERE id = ?1", .text(id)) { _ in true } ?? false
    }

    /// Why a user can do nothing any more.
    enum Exclusion { case deleted, suspended }

    /// Whether the user was deleted or suspended; nil if neither. One query, as each write asks it.
    static func exclusion(of id: String, in db: some Queryable) throws -> Exclusion? {
        try db.row(
            """
            SELECT EXISTS (SELECT 1 FROM tombstones WHERE kind = 'user' AND id = ?1),
                EXISTS (SELECT 1 FROM suspended_users WHERE id = ?1)
            """, .text(id)
        ) { row in
            if row.bool(0) { return .deleted }
            return row.bool(1) ? .suspended : nil
        } ?? nil
    }

    /// The condition that a column has no suspended user: who gets what another leaves must be able
    /// to use it.
    public static func excluding(_ column: SQL.Parts) -> SQL.Parts {
        "NOT EXISTS (SELECT 1 FROM suspended_users s WHERE s.id = \(column))"
    }

    /// Those of `ids` that are suspended.
    public static func among(_ ids: [String], in db: some Queryable) throws -> Set<String> {
        guard
            try db.row("SELECT 1 FROM suspended_users WHERE id > '' LIMIT 1", map: { _ in true })
                != nil
        else { return [] }
        return Set(
            try db.rows(
                """
                SELECT s.id FROM json_each(?1) AS asked
                CROSS JOIN suspended_users s ON s.id = asked.value
                """, .texts(ids)
            ) { $0.text(0) })
    }
}
