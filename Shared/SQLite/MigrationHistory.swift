import Kernel

/// The table `migrations`: which steps a database has had. `user_version` alone would let a program
/// run on a schema that another list of the same length has made.
struct MigrationHistory {
    let connection: Connection
    let clock: any Clock

    /// Refuses a database whose steps are not the first `version` of `migrations`.
    static func check(
        _ migrations: [Migration], version: Int, on connection: Connection
    ) throws(DatabaseError) {
        let recorded = try recorded(by: connection) ?? []
        guard recorded.count <= version else {
            throw DatabaseError(
                .differentSchema,
                "the database has schema version \(version), but its table migrations lists "
                    + "\(recorded.count) steps: restore a backup")
        }
        for (index, step) in recorded.enumerated() where step.digest != migrations[index].digest {
            throw DatabaseError(
                .differentSchema,
                "step \(index + 1) of the schema is \(step.name) (\(step.digest.prefix(12))…) in "
                    + "the database and \(migrations[index].name) "
                    + "(\(migrations[index].digest.prefix(12))…) in this program: run the release "
                    + "that created the database, or a newer one")
        }
    }

    /// A database from before this table gets its steps written down as what they must have been.
    func complete(_ migrations: [Migration], version: Int) throws(DatabaseError) {
        let recorded = try Self.recorded(by: connection)
        guard recorded == nil || recorded?.count ?? 0 < version else { return }
        try connection.inTransaction { () throws(DatabaseError) in
            try connection.script(Self.schema)
            for index in (recorded?.count ?? 0)..<version {
                try add(migrations[index], number: index + 1, appliedAt: nil)
            }
        }
    }

    /// Writes down, in the caller's transaction, that a step has been applied.
    func add(_ migration: Migration, number: Int) throws(DatabaseError) {
        try add(migration, number: number, appliedAt: clock.now())
    }

    /// - Parameter appliedAt: nil if it was before there was this table.
    private func add(
        _ migration: Migration, number: Int, appliedAt: Timestamp?
    ) throws(DatabaseError) {
        let sql = "INSERT INTO migrations VALUES (?1, ?2, ?3, ?4)"
        let statement = Statement(
            try connection.prepareUnchecked(sql), connection, temporary: true)
        defer { statement.finish() }
        try statement.bind([
            .int(number), .text(migration.name), .text(migration.digest), .time(appliedAt),
        ])
        _ = try statement.step()
    }

    /// nil: there is no such table.
    private static func recorded(
        by connection: Connection
    ) throws(DatabaseError) -> [(name: String, digest: String)]? {
        let found = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'migrations'"
        guard try connection.text(found) == "1" else { return nil }
        let sql = "SELECT name, digest FROM migrations ORDER BY number"
        let statement = Statement(
            try connection.prepareUnchecked(sql), connection, temporary: true)
        defer { statement.finish() }
        var steps: [(name: String, digest: String)] = []
        while try statement.step() {
            steps.append((statement.row.text(0), statement.row.text(1)))
        }
        return steps
    }

    private static let schema = """
        CREATE TABLE IF NOT EXISTS migrations (
            number INTEGER PRIMARY KEY,
            name TEXT NOT NULL,
            digest TEXT NOT NULL,
            -- NULL: before this table was there.
            applied_at INTEGER
        ) STRICT
        """
}
