internal import CSQLite
import Glibc

/// A database file that nobody uses, as backups have them: read without locks, and without files
/// beside it.
public final class ArchivedDatabase {
    private let connection: Connection

    /// Opens it; nobody may write it meanwhile.
    public init(path: String) throws(DatabaseError) {
        connection = try Connection(
            path: path, role: .archive, options: DatabaseOptions(), counter: StatementCounter())
    }

    /// Reads all of it: structure, indexes, constraints and references.
    /// - Throws: `corrupt` or `foreignKeyViolation`, with the first finding.
    public func checkIntegrity() throws(DatabaseError) {
        let answer = try connection.text("PRAGMA integrity_check(1)")
        guard answer == "ok" else { throw DatabaseError(.corrupt, "integrity_check: \(answer)") }
        let orphan = try connection.text("PRAGMA foreign_key_check")
        guard orphan.isEmpty else {
            throw DatabaseError(.foreignKeyViolation, "rows of \(orphan) refer to nothing")
        }
    }

    /// How many steps of a schema it has had.
    public func schemaVersion() throws(DatabaseError) -> Int {
        Int(try connection.text("PRAGMA user_version")) ?? 0
    }

    /// Refuses a file that a program with these steps could not open.
    public func check(_ migrations: [Migration]) throws(DatabaseError) {
        try Migrator.check(migrations, version: schemaVersion(), on: connection)
    }

    /// The number of rows of every table.
    public func rowCounts() throws(DatabaseError) -> [String: Int] {
        let tables = try pairs(
            """
            SELECT name, 0 FROM sqlite_schema
            WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
            """)
        var counts: [String: Int] = [:]
        for name in tables.keys {
            let quoted = name.replacing("\"", with: "\"\"")
            counts[name] = Int(try connection.text("SELECT count(*) FROM \"\(quoted)\"")) ?? 0
        }
        return counts
    }

    /// The last number that each numbered table has given: of the outbox, the feed and others.
    public func positions() throws(DatabaseError) -> [String: Int] {
        let hasAny = try connection.text(
            "SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'")
        return hasAny.isEmpty ? [:] : try pairs("SELECT name, seq FROM sqlite_sequence")
    }

    private func pairs(_ sql: String) throws(DatabaseError) -> [String: Int] {
        let rows = try connection.list(sql) { (name: $0.text(0), number: Int($0.int(1))) }
        return Dictionary(rows.map { ($0.name, $0.number) }) { first, _ in first }
    }
}
