import Glibc

extension Database {
    /// Reads the database at `path` as it is, beside the service that has it open or without one.
    /// - Returns: nil if there is no database.
    public static func look<T>(at path: String, _ body: (Reader) throws -> T) throws -> T? {
        guard access(path, F_OK) == 0 else { return nil }
        let connection = try Connection(
            path: path, role: .reader, options: DatabaseOptions(), counter: StatementCounter())
        let reader = Reader(connection)
        try connection.run("BEGIN")
        reader.isActive = true
        defer {
            reader.isActive = false
            try? connection.run("COMMIT")
        }
        return try body(reader)
    }
}
