/// The databases of stopped processes, seen with the sqlite3 program rather than our own code.
enum SQLite {
    /// - Parameter service: `gateway` or `entities`.
    /// - Returns: what the statement prints.
    @discardableResult
    static func run(_ sql: String, on stack: LiveStack, _ service: String) async throws -> String {
        try await Program.run("sqlite3", ["\(stack.dataFolder)/\(service).sqlite", sql]).output
    }
}
