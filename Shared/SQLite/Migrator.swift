import Kernel

/// Brings a database to the newest schema, forward only. Its version is `user_version`: how many
/// migrations it has had. Which ones, its table `migrations` says.
struct Migrator {
    let migrations: [Migration]
    let clock: any Clock

    func run(on connection: Connection) throws(DatabaseError) {
        let version = Int(try connection.text("PRAGMA user_version")) ?? 0
        guard (0...migrations.count).contains(version) else {
            throw DatabaseError(
                .newerSchema,
                "the database has schema version \(version), this program supports up to "
                    + "\(migrations.count): run a newer release")
        }
        let history = MigrationHistory(connection: connection, clock: clock)
        try history.check(migrations, version: version)
        guard version < migrations.count else { return }
        // Rebuilding a table must not cascade (https://sqlite.org/lang_altertable.html §7).
        try connection.script("PRAGMA foreign_keys = OFF")
        for index in version..<migrations.count {
            try apply(migrations[index], version: index + 1, history, on: connection)
        }
        try connection.script("PRAGMA foreign_keys = ON")
    }

    private func apply(
        _ migration: Migration, version: Int, _ history: MigrationHistory, on connection: Connection
    ) throws(DatabaseError) {
        do throws(DatabaseError) {
            try connection.inTransaction { () throws(DatabaseError) in
                try connection.script(migration.sql)
                let orphan = try connection.text("PRAGMA foreign_key_check")
                guard orphan.isEmpty else {
                    throw DatabaseError(.foreignKeyViolation, "rows of \(orphan) refer to nothing")
                }
                try history.add(migration, number: version)
                try connection.script("PRAGMA user_version = \(version)")
            }
        } catch {
            throw DatabaseError(
                error.kind, extendedCode: error.extendedCode,
                "migration \(version) (\(migration.name)): \(error.message)")
        }
    }
}

extension Connection {
    /// All of `body` or nothing, in a transaction of its own.
    func inTransaction(_ body: () throws(DatabaseError) -> Void) throws(DatabaseError) {
        do throws(DatabaseError) {
            try script("BEGIN IMMEDIATE")
            try body()
            try script("COMMIT")
        } catch {
            if isInTransaction { try? script("ROLLBACK") }
            throw error
        }
    }
}
