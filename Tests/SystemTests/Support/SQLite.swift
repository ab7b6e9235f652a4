import Foundation

/// The databases of stopped processes, seen with the sqlite3 program rather than our own code.
enum SQLite {
    /// - Parameter service: `gateway` or `entities`.
    /// - Returns: what the statement prints.
    @discardableResult
    static func run(_ sql: String, on stack: LiveStack, _ service: String) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["sqlite3", "\(stack.dataFolder)/\(service).sqlite", sql]
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }
}
