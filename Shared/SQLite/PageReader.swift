/// Reads one list, with the values of its parameters.
public struct PageReader<Source: Queryable> {
    /// The number of all rows.
    public let total: Int
    private let query: PagedQuery
    private let values: [Value]
    private let db: Source
    /// Newest first; empty if they don't help.
    private let parts: [Part]

    /// Rows that follow each other, and the key from which on they are in this part.
    private struct Part {
        let key: [Value]
        let rows: Int
    }

    public init(_ query: PagedQuery, _ values: [Value], _ db: Source) throws {
        (self.query, self.values, self.db) = (query, values, db)
        guard let list = query.parts else {
            parts = []
            total = try db.row(query.count, values: values) { Int($0.int(0)) } ?? 0
            return
        }
        let parts = try db.rows(list, values: values) { row in
            Part(key: (1..<row.count).map(row.value), rows: Int(row.int(0)))
        }
        let hidden = try query.hidden.flatMap { try db.row($0, values: values) { Int($0.int(0)) } }
        total = parts.reduce(-(hidden ?? 0)) { $0 + $1.rows }
        self.parts = hidden ?? 0 == 0 ? parts : []
    }

    /// Keys at which parts of the list begin, newest first; none if nothing counts it in parts.
    public var keys: [[Value]] { parts.map(\.key) }

    /// The number of rows from a key on.
    public func count(from key: [Value]) throws -> Int {
        let newer = parts.prefix { !$0.key.precedes(key) }
        let sql = newer.isEmpty ? query.countFrom : query.countBetween
        let rest = try db.row(sql, values: values + key + (newer.last?.key ?? [])) { $0.int(0) }
        return newer.reduce(Int(rest ?? 0)) { $0 + $1.rows }
    }

    /// Rows after the `offset` newest ones.
    func rows<T>(_ limit: Int, from offset: Int, map: (Row) throws -> T) throws -> [T] {
        var (passed, key) = (0, [Value]())
        for part in parts {
            guard passed + part.rows <= offset else { break }
            passed += part.rows
            key = part.key
        }
        return try db.rows(
            key.isEmpty ? query.page : query.pageBelow,
            values: values + key + [.int(limit), .int(offset - passed)], map: map)
    }
}

extension [Value] {
    /// As SQLite orders numbers and texts.
    fileprivate func precedes(_ other: [Value]) -> Bool {
        lexicographicallyPrecedes(other) { one, two in
            switch (one, two) {
            case (.int(let one), .int(let two)): one < two
            case (.text(let one), .text(let two)): one.utf8.lexicographicallyPrecedes(two.utf8)
            case (.int, .text): true
            default: false
            }
        }
    }
}
