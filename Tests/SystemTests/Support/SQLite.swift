/// The databases of processes, read with the sqlite3 program instead of our own code.
enum SQLite {
    /// - Parameter service: `gateway` or `entities`.
    /// - Returns: the output of the statement.
    @discardableResult
    static func run(_ sql: String, on stack: LiveStack, _ service: String) async throws -> String {
        // A service that was killed locks its database while it recovers it.
        let arguments = ["-cmd", ".timeout 5000", "\(stack.dataFolder)/\(service).sqlite", sql]
        return try await Program.run("sqlite3", arguments).output
    }
}
