import Kernel

/// Brings a database to the newest schema, forward only. Its version is `user_version`: how many
/// migrations it has had. Which ones, its table `migrations` says.
struct Migrator {
    let migrations: [Migration]
    let clock: any Clock

    func run(on connection: Connection) throws(DatabaseError) {
        let version = Int(try connection.text("PRAGMA user_version")) ?? 0
        try Self.check(migrations, version: version, on: connection)
        let history = MigrationHistory(connection: connection, clock: clock)
        try history.complete(migrations, version: version)
        guard version < migrations.count else { return }
        for index in version..<migrations.count {
            let step = migrations[index]
            // Rebuilding a table must not cascade (https://sqlite.org/lang_altertable.html §7).
            if step.rebuildsTables { try connection.script("PRAGMA foreign_keys = OFF") }
            try apply(step, version: index + 1, history, on: connection)
            if step.rebuildsTables { try connection.script("PRAGMA foreign_keys = ON") }
        }
    }

    /// Refuses a database that these steps did not make, without writing.
    static func check(
        _ migrations: [Migration], version: Int, on connection: Connection
    ) throws(DatabaseError) {
        guard (0...migrations.count).contains(version) else {
            throw DatabaseError(
                .newerSchema,
                "the database has schema version \(version), this program supports up to "
                    + "\(migrations.count): run a newer release")
        }
        try MigrationHistory.check(migrations, version: version, on: connection)
    }

    private func apply(
        _ migration: Migration, version: Int, _ history: MigrationHistory, on connection: Connection
    ) throws(DatabaseError) {
        do throws(DatabaseError) {
            try connection.inTransaction { () throws(DatabaseError) in
                try connection.script(migration.sql)
                // The check reads all tables: a minute where there are ten million rows.
                let orphan =
                    try migration.rebuildsTables
                    ? connection.text("PRAGMA foreign_key_check") : ""
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

extension Migration {
    /// Otherwise SQLite itself refuses rows that refer to nothing.
    fileprivate var rebuildsTables: Bool {
        ["DROP TABLE", "RENAME TO"].contains(where: sql.contains)
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
