/// Brings a database to the newest schema, forward only. Its version is `user_version`: how many
/// migrations it has had.
struct Migrator {
    let migrations: [Migration]

    func run(on connection: Connection) throws(DatabaseError) {
        let version = Int(try connection.text("PRAGMA user_version")) ?? 0
        guard (0...migrations.count).contains(version) else {
            throw DatabaseError(
                .newerSchema,
                "the database has schema version \(version), this program knows up to "
                    + "\(migrations.count): run a newer program")
        }
        guard version < migrations.count else { return }
        // Rebuilding a table must not cascade (https://sqlite.org/lang_altertable.html §7).
        try connection.script("PRAGMA foreign_keys = OFF")
        for index in version..<migrations.count {
            try apply(migrations[index], version: index + 1, on: connection)
        }
        try connection.script("PRAGMA foreign_keys = ON")
    }

    private func apply(
        _ migration: Migration, version: Int, on connection: Connection
    ) throws(DatabaseError) {
        do throws(DatabaseError) {
            try connection.script("BEGIN IMMEDIATE")
            try connection.script(migration.sql)
            let orphan = try connection.text("PRAGMA foreign_key_check")
            guard orphan.isEmpty else {
                throw DatabaseError(.foreignKeyViolation, "rows of \(orphan) refer to nothing")
            }
            try connection.script("PRAGMA user_version = \(version)")
            try connection.script("COMMIT")
        } catch {
            if connection.isInTransaction { try? connection.script("ROLLBACK") }
            throw DatabaseError(
                error.kind, extendedCode: error.extendedCode,
                "migration \(version) (\(migration.name)): \(error.message)")
        }
    }
}
