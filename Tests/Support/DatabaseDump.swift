internal import CSQLite
import SQLite

extension Database {
    /// Every row of every table, one line each: `shares: id='shr_1', access_level=2, …`. A change
    /// of anything changes it; a table that is new is in it.
    /// - Parameter exceptions: tables, or columns as `table.column`, that are left out, each with
    ///   the reason why it may change beside what a test looks at.
    public func dump(except exceptions: [String: String] = [:]) throws -> [String] {
        try DatabaseDump(of: path).lines(except: Set(exceptions.keys))
    }
}

extension Database {
    /// The rows of some tables.
    public func dump(of tables: String...) throws -> [String] {
        let lines = try dump()
        return lines.filter { line in tables.contains { line.hasPrefix($0 + ": ") } }
    }

    /// Waits until no background job is left, which would change rows while a test compares them.
    public func finishJobs() async throws {
        let areDone = try await eventually(within: 60_000) { try dump(of: "jobs").isEmpty }
        if !areDone { throw DumpFailure(description: "jobs that don't end") }
    }
}

/// What dump can't do.
struct DumpFailure: Error, CustomStringConvertible {
    let description: String
}

/// One snapshot of a database file, read past our own code.
private final class DatabaseDump {
    private var handle: OpaquePointer?

    init(of path: String) throws {
        guard sqlite3_open_v2(path, &handle, SQLITE_OPEN_READONLY, nil) == SQLITE_OK else {
            throw failure()
        }
        sqlite3_busy_timeout(handle, 10_000)
        guard sqlite3_exec(handle, "BEGIN", nil, nil, nil) == SQLITE_OK else { throw failure() }
    }

    deinit { sqlite3_close_v2(handle) }

    func lines(except exceptions: Set<String>) throws -> [String] {
        var unused = exceptions
        // SQLite's own statistics are no data; its counters of AUTOINCREMENT are.
        let tables = try select(
            """
            SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_stat%'
            ORDER BY name
            """
        ) { text($0, 0) }
        var lines: [String] = []
        for table in tables where unused.remove(table) == nil {
            let names = try select("SELECT name FROM pragma_table_info('\(table)')") { text($0, 0) }
            let kept = names.indices.filter { unused.remove("\(table).\(names[$0])") == nil }
            let rows = try select("SELECT * FROM \"\(table)\"") { row in
                kept.map { "\(names[$0])=\(value(row, Int32($0)))" }.joined(separator: ", ")
            }
            lines += rows.sorted().map { "\(table): \($0)" }
        }
        guard unused.isEmpty else {
            throw DumpFailure(description: "no table or column \(unused.sorted())")
        }
        return lines
    }

    private func select<T>(_ sql: String, _ map: (OpaquePointer) -> T) throws -> [T] {
        var prepared: OpaquePointer?
        guard sqlite3_prepare_v2(handle, sql, -1, &prepared, nil) == SQLITE_OK, let prepared
        else { throw failure() }
        defer { sqlite3_finalize(prepared) }
        var result: [T] = []
        while true {
            let code = sqlite3_step(prepared)
            guard code == SQLITE_ROW || code == SQLITE_DONE else { throw failure() }
            guard code == SQLITE_ROW else { return result }
            result.append(map(prepared))
        }
    }

    private func value(_ row: OpaquePointer, _ column: Int32) -> String {
        switch sqlite3_column_type(row, column) {
        case SQLITE_NULL: return "NULL"
        case SQLITE_TEXT: return "'\(text(row, column))'"
        case SQLITE_BLOB:
            let bytes = UnsafeRawBufferPointer(
                start: sqlite3_column_blob(row, column),
                count: Int(sqlite3_column_bytes(row, column)))
            return "x'" + bytes.map { String(256 + Int($0), radix: 16).dropFirst() }.joined() + "'"
        default: return text(row, column)
        }
    }

    private func text(_ row: OpaquePointer, _ column: Int32) -> String {
        sqlite3_column_text(row, column).map { String(cString: $0) } ?? ""
    }

    private func failure() -> DumpFailure {
        DumpFailure(description: String(cString: sqlite3_errmsg(handle)))
    }
}
