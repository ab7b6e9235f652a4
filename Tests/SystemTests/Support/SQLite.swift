/// The databases of stopped processes, read with the sqlite3 program instead of our own code.
enum SQLite {
    /// - Parameter service: `gateway` or `entities`.
    /// - Returns: the output of the statement.
    @discardableResult
    static func run(_ sql: String, on stack: LiveStack, _ service: String) async throws -> String {
        try await Program.run("sqlite3", ["\(stack.dataFolder)/\(service).sqlite", sql]).output
    }
}
