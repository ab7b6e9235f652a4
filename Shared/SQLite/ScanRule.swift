internal import CSQLite

/// Refuses statements whose plan reads a whole table. Tests run with it, so that no list or check
/// becomes slow when its table grows.
struct ScanRule {
    /// Tables that stay small.
    let allowed: Set<String>

    func check(_ sql: String, on connection: Connection) throws(DatabaseError) {
        for detail in try plan(of: sql, on: connection) {
            guard let name = scannedName(detail) else { continue }
            let roots = try tableRoots(on: connection)
            // An alias, a subquery or a CTE: the byte code shows which tables are scanned.
            let tables =
                roots.values.contains(name)
                ? [name] : try walkedTables(sql, roots, on: connection)
            guard let table = tables.first(where: { !allowed.contains($0) }) else { continue }
            throw DatabaseError(.tableScan, "reads all of \(table) (\(detail)): \(sql)")
        }
    }

    /// What a line of the plan walks through without an index of ours: `SCAN x`, or `SEARCH x
    /// USING AUTOMATIC … INDEX`, which reads all of x to build an index for one query.
    private func scannedName(_ detail: String) -> String? {
        let words = detail.split(separator: " ")
        guard words.count >= 2 else { return nil }
        if words.contains("AUTOMATIC") { return String(words[1]) }
        guard words[0] == "SCAN", !detail.contains(" USING "), !detail.contains("VIRTUAL TABLE"),
            !detail.contains("CONSTANT ROW")
        else { return nil }
        return String(words[1])
    }

    private func plan(of sql: String, on connection: Connection) throws(DatabaseError) -> [String] {
        try list("EXPLAIN QUERY PLAN " + sql, on: connection) { $0.text(3) }
    }

    /// Root page → name, of the ordinary tables. SQLite reads its own (`sqlite_sequence`) whole.
    private func tableRoots(on connection: Connection) throws(DatabaseError) -> [Int64: String] {
        let sql = """
            SELECT rootpage, name FROM sqlite_schema
            WHERE type = 'table' AND rootpage > 0 AND substr(name, 1, 7) <> 'sqlite_'
            """
        let pairs = try list(sql, on: connection) { ($0.int(0), $0.text(1)) }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }

    private func walkedTables(
        _ sql: String, _ roots: [Int64: String], on connection: Connection
    ) throws(DatabaseError) -> [String] {
        let steps = try list("EXPLAIN " + sql, on: connection) {
            (address: $0.int(0), operation: $0.text(1), p1: $0.int(2), p2: $0.int(3))
        }
        // The programs of triggers follow, each with addresses and cursors of its own.
        let starts = steps.indices.filter { steps[$0].address == 0 } + [steps.count]
        return zip(starts, starts.dropFirst()).flatMap { start, end in
            let program = steps[start..<end]
            var cursors: [Int64: String] = [:]
            for step in program where ["OpenRead", "OpenWrite"].contains(step.operation) {
                cursors[step.p1] = roots[step.p2]
            }
            let walks = program.filter { ["Rewind", "Last", "Count"].contains($0.operation) }
            return walks.compactMap { cursors[$0.p1] }
        }
    }

    private func list<T>(
        _ sql: String, on connection: Connection, _ map: (Row) -> T
    ) throws(DatabaseError) -> [T] {
        let statement = Statement(
            try connection.prepareUnchecked(sql), connection, temporary: true)
        defer { statement.finish() }
        var result: [T] = []
        while try statement.step() { result.append(map(statement.row)) }
        return result
    }
}
