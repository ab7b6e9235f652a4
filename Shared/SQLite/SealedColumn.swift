import Kernel

/// A column of sealed values (`SealingKey`), with an index on what each begins with: it says which
/// secret sealed it. So those that another secret than the first sealed are found without reading
/// the others. A value can also be something else that a secret has made, if it begins likewise.
public struct SealedColumn: Sendable {
    /// A row with a sealed value.
    public struct Row: Sendable, Equatable {
        /// The first part of the row's id: TEXT or INTEGER.
        public let id: Value
        /// The second part; 0 if there is none.
        public let number: Int64
        /// Empty for NULL.
        public let sealed: [UInt8]

        /// The first part of the row's id, if it is a text.
        public var text: String {
            if case .text(let text) = id { text } else { "" }
        }
    }

    /// Which values one secret sealed, and how many there are.
    public struct Count: Sendable, Equatable {
        /// What the values begin with; less than `SealingKey.prefixLength` or of an earlier form
        /// where that names no secret.
        public let prefix: [UInt8]
        /// How many values begin so.
        public let values: Int
    }

    /// Where a walk through the values is.
    public struct Place: Sendable {
        /// What the values before it begin with; nil at the beginning.
        fileprivate var passed: [UInt8]?
        /// What the values at this place begin with, and the last that was passed.
        fileprivate var group: (prefix: [UInt8], id: Value, number: Int64)?

        public init() {}
    }

    /// The index; part of a migration.
    public let schema: String
    private let firstPrefix: SQL
    private let nextPrefix: SQL
    private let inGroup: SQL
    private let inRange: SQL
    private let replacement: SQL

    /// - Parameters:
    ///   - id: the primary key, or its first column; TEXT or INTEGER.
    ///   - number: its second column, or one that changes with the value; INTEGER.
    ///   - condition: which rows have a sealed value; all if nil.
    public init(
        _ column: StaticString, of table: StaticString, id: StaticString = "id",
        number: StaticString? = nil, where condition: StaticString? = nil
    ) {
        let ids = number.map { "\(id), \($0)" } ?? "\(id)"
        schema = """
            CREATE INDEX \(table)_by_key_of_\(column)
                ON \(table) (coalesce(substr(\(column), 1, 5), x''), \(ids))
                \(condition.map { "WHERE \($0)" } ?? "");

            """
        let (column, table, id) = (Columns(column), Columns(table), Columns(id))
        let order: SQL.Parts = number.map { "\(id), \(Columns($0))" } ?? "\(id)"
        let (number, condition) = (Columns(number ?? "0"), Columns(condition ?? "TRUE"))
        let prefix: SQL.Parts = "coalesce(substr(\(column), 1, 5), x'')"
        let rows: SQL.Parts = "\(table) INDEXED BY \(table)_by_key_of_\(column)"
        firstPrefix = SQL("SELECT min(\(prefix)) FROM \(rows) WHERE \(condition)")
        nextPrefix = SQL(
            "SELECT min(\(prefix)) FROM \(rows) WHERE \(condition) AND \(prefix) > ?1")
        inGroup = SQL(
            """
            SELECT \(id), \(number), \(column) FROM \(rows)
            WHERE \(condition) AND \(prefix) = ?1 AND (\(id), \(number)) > (?2, ?3)
            ORDER BY \(order) LIMIT ?4
            """)
        inRange = SQL(
            """
            SELECT count(*) FROM \(rows)
            WHERE \(condition) AND \(prefix) >= ?1 AND \(prefix) <= ?2
            """)
        replacement = SQL(
            """
            UPDATE \(table) SET \(column) = ?4
            WHERE \(id) = ?1 AND \(number) = ?2 AND \(column) IS ?3 AND \(condition)
            """)
    }

    /// The next values that another secret sealed, up to `limit`.
    /// - Parameters:
    ///   - first: what the values begin with that are not wanted.
    ///   - isWanted: whether values that begin so are; the others are passed at once.
    /// - Returns: none at the end.
    public func next(
        _ limit: Int, from place: inout Place, otherThan first: [UInt8],
        where isWanted: ([UInt8]) -> Bool = { _ in true }, in db: some Queryable
    ) throws -> [Row] {
        var rows: [Row] = []
        while rows.count < limit {
            guard let group = place.group else {
                guard let prefix = try prefix(after: place.passed, in: db) else { break }
                place.passed = prefix
                if prefix != first, isWanted(prefix) {
                    // Every text and every number is greater.
                    place.group = (prefix, .int(Int64.min), .min)
                }
                continue
            }
            let left = limit - rows.count
            let found = try db.rows(
                inGroup, .blob(group.prefix), group.id, .int(group.number), .int(left)
            ) { Row(id: $0.value(0), number: $0.int(1), sealed: $0.blob(2)) }
            rows += found
            if let last = found.last, found.count == left {
                place.group = (group.prefix, last.id, last.number)
            } else {
                place.group = nil
            }
        }
        return rows
    }

    /// Stores `value`, unless the row has another one by now.
    /// - Returns: whether it is stored.
    public func replace(_ row: Row, with value: [UInt8], in tx: Transaction) throws -> Bool {
        let former: Value = row.sealed.isEmpty ? .null : .blob(row.sealed)
        return try tx.execute(
            replacement, row.id, .int(row.number), former, .blob(value)) > 0
    }

    /// How many values each secret sealed; those of an earlier form are one group.
    public func counts(in db: some Queryable) throws -> [Count] {
        var counts: [Count] = []
        var passed: [UInt8]?
        while let prefix = try prefix(after: passed, in: db) {
            // The rest of the prefixes of an earlier form is random.
            let isEarlier = !prefix.isEmpty && SealingKey.keyID(inPrefix: prefix) == nil
            let last =
                isEarlier
                ? prefix.prefix(1) + [UInt8](repeating: .max, count: KeyID.length) : prefix
            let count = try db.row(inRange, .blob(prefix), .blob(Array(last))) { Int($0.int(0)) }
            counts.append(Count(prefix: prefix, values: count ?? 0))
            passed = Array(last)
        }
        return counts
    }

    private func prefix(after passed: [UInt8]?, in db: some Queryable) throws -> [UInt8]? {
        guard let passed else {
            return try db.row(firstPrefix) { $0.isNull(0) ? nil : $0.blob(0) } ?? nil
        }
        return try db.row(nextPrefix, .blob(passed)) { $0.isNull(0) ? nil : $0.blob(0) } ?? nil
    }
}

/// The values of a column, and how one is sealed anew.
public struct SealedValues: Sendable {
    /// Where they are.
    public let column: SealedColumn
    /// One sealed with the first secret; nil if it can't be opened.
    public let reseal: @Sendable (SealedColumn.Row) -> [UInt8]?

    public init(
        _ column: SealedColumn, reseal: @escaping @Sendable (SealedColumn.Row) -> [UInt8]?
    ) {
        self.column = column
        self.reseal = reseal
    }
}
