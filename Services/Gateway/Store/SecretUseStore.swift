import Kernel
import SQLite

/// Since when each secret of LATCHKEY_ENCRYPTION_SECRET is no longer the first, by its id.
let secretUsesSchema = """
    CREATE TABLE secret_uses (
        id BLOB PRIMARY KEY,
        -- NULL for the first.
        retired_at INTEGER
    ) STRICT, WITHOUT ROWID;
    """

/// Rows of `secret_uses`: what a secret signed and no table has (pages of searches, displays of a
/// page) is valid for some time after the secret has ceased to be the first.
enum SecretUseStore {
    /// How long, in seconds: as long as codes and the tries of clients, which are stored.
    static let validSeconds: Int64 = 3_600

    /// Notes which secret is the first now. Without a write if that is known.
    static func note(_ ids: [KeyID], in database: Database) async throws {
        let known = try database.read { try all(in: $0) }
        guard known[ids[0]] != .some(nil) || known.values.count(where: { $0 == nil }) != 1 else {
            return
        }
        try await database.write { try note(ids, isNew: known.isEmpty, in: $0) }
    }

    /// - Parameter isNew: nothing was noted before: any of the secrets can have been the first.
    private static func note(_ ids: [KeyID], isNew: Bool, in tx: Transaction) throws {
        for id in ids.dropFirst() where isNew {
            try tx.execute(
                "INSERT INTO secret_uses (id, retired_at) VALUES (?1, ?2)", .blob(id.bytes),
                .time(tx.now))
        }
        try tx.execute(
            "UPDATE secret_uses SET retired_at = ?1 WHERE retired_at IS NULL", .time(tx.now))
        try tx.execute(
            """
            INSERT INTO secret_uses (id, retired_at) VALUES (?1, NULL)
            ON CONFLICT DO UPDATE SET retired_at = NULL
            """, .blob(ids[0].bytes))
    }

    /// Until when what each of these secrets signed can be used; none for those that have signed
    /// nothing.
    static func uses(_ ids: [KeyID], in db: some Queryable) throws -> [KeyID: Timestamp] {
        let all = try all(in: db)
        return Dictionary(
            uniqueKeysWithValues: Set(ids).compactMap { id in
                (all[id] ?? nil).map { (id, $0.adding(seconds: validSeconds)) }
            })
    }

    private static func all(in db: some Queryable) throws -> [KeyID: Timestamp?] {
        let rows = try db.rows("SELECT id, retired_at FROM secret_uses") {
            (KeyID(bytes: $0.blob(0)), $0.timeOrNil(1))
        }
        return Dictionary(uniqueKeysWithValues: rows)
    }
}
