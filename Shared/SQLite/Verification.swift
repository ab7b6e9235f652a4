import Glibc
import Kernel

/// What a check of a whole database found.
public struct DatabaseVerification: Sendable, Equatable {
    /// Steps of its schema.
    public let schema: Int
    /// SHA-256 over the digests of those steps, in hexadecimal digits.
    public let digest: String
    /// Bytes of its file.
    public let bytes: Int
    /// In words; empty if all is well.
    public let problems: [String]

    /// Problems of one kind that are listed.
    private static let most = 20

    /// Reads all of the file, on a read-only connection of its own, over one snapshot: the
    /// write-ahead log grows meanwhile by what is written. Blocks for as long as that takes.
    /// - Parameter migrations: those of the program, which the schema's steps must be; nil: they
    ///   are not known here.
    public init(path: String, migrations: [Migration]?) throws(DatabaseError) {
        var info = stat()
        guard stat(path, &info) == 0 else {
            throw DatabaseError(.cannotOpen, "\(path): \(String(cString: strerror(errno)))")
        }
        bytes = Int(info.st_size)
        let connection = try Connection(
            path: path, role: .reader, options: DatabaseOptions(), counter: StatementCounter())
        var problems = try connection.list("PRAGMA integrity_check(\(Self.most))") { $0.text(0) }
        if problems == ["ok"] { problems = [] }
        let orphans = try connection.list("PRAGMA foreign_key_check") {
            "a row of \($0.text(0)) refers to none of \($0.text(2))"
        }
        if !orphans.isEmpty {
            problems += Set(orphans).sorted().prefix(Self.most)
            problems.append("\(orphans.count) rows refer to nothing")
        }
        let steps = try connection.list("SELECT name, digest FROM migrations ORDER BY number") {
            (name: $0.text(0), digest: $0.text(1))
        }
        schema = steps.count
        digest = SHA256.hash(Array(steps.map(\.digest).joined(separator: "\n").utf8)).hexadecimal
        let version = try connection.text("PRAGMA user_version")
        if version != "\(steps.count)" {
            problems.append(
                "the schema has version \(version), but its table migrations lists "
                    + "\(steps.count) steps")
        }
        for (index, step) in (migrations ?? []).enumerated()
        where index >= steps.count || steps[index].digest != step.digest {
            problems.append("step \(index + 1) of the schema is not this program's \(step.name)")
        }
        self.problems = problems
    }
}

extension Database {
    /// Checks all of it, also that its schema has the program's steps. Blocks for as long as that
    /// takes.
    public func verify() throws(DatabaseError) -> DatabaseVerification {
        try DatabaseVerification(path: path, migrations: migrations)
    }
}

extension Database {
    /// The number of steps that the database at `path` has had; nil if there is none. It is opened
    /// for reading alone.
    public static func schemaVersion(path: String) -> Int? {
        guard access(path, R_OK) == 0 else { return nil }
        let connection = try? Connection(
            path: path, role: .reader, options: DatabaseOptions(), counter: StatementCounter())
        return (try? connection?.text("PRAGMA user_version")).flatMap { Int($0) }
    }
}

extension Connection {
    /// All rows of a statement that is not worth keeping.
    func list<T>(
        _ sql: String, _ map: (Row) -> T
    ) throws(DatabaseError) -> [T] {
        let statement = Statement(try prepareUnchecked(sql), self, temporary: true)
        defer { statement.finish() }
        var result: [T] = []
        while try statement.step() { result.append(map(statement.row)) }
        return result
    }
}
