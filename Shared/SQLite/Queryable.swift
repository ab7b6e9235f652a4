internal import CSQLite
import Kernel

/// Where queries run: a `Reader` or a `Transaction`. Stores take `some Queryable`, so that the
/// same query serves both.
///
/// A list of ids is one parameter: bind a JSON array and select from `json_each(?1)`.
public protocol Queryable {
    /// The statement for `sql`, prepared once and kept; used by the functions below alone.
    func statement(_ sql: SQL) throws(DatabaseError) -> Statement
}

extension Queryable {
    /// All rows of the query, each mapped.
    @inlinable
    public func rows<T>(_ sql: SQL, values: [Value], map: (Row) throws -> T) throws -> [T] {
        let statement = try statement(sql)
        defer { statement.finish() }
        try statement.bind(values)
        var result: [T] = []
        while try statement.step() { result.append(try map(statement.row)) }
        return result
    }

    /// The first row, mapped, or nil.
    @inlinable
    public func row<T>(_ sql: SQL, values: [Value], map: (Row) throws -> T) throws -> T? {
        let statement = try statement(sql)
        defer { statement.finish() }
        try statement.bind(values)
        return try statement.step() ? try map(statement.row) : nil
    }

    /// All rows of the query, each mapped.
    @inlinable
    public func rows<T>(_ sql: SQL, _ values: Value..., map: (Row) throws -> T) throws -> [T] {
        try rows(sql, values: values, map: map)
    }

    /// The first row, mapped, or nil.
    @inlinable
    public func row<T>(_ sql: SQL, _ values: Value..., map: (Row) throws -> T) throws -> T? {
        try row(sql, values: values, map: map)
    }
}

/// One snapshot of the committed data, for the duration of a `Database.read` closure.
public final class Reader: Queryable {
    let connection: Connection
    var isActive = false

    init(_ connection: Connection) { self.connection = connection }

    /// A prepared statement, from the cache of the connection.
    public func statement(_ sql: SQL) throws(DatabaseError) -> Statement {
        try check()
        return try connection.statement(sql)
    }

    private func check() throws(DatabaseError) {
        guard isActive else { throw DatabaseError(.misuse, "a Reader was used after its read") }
    }
}

/// One write: all of it is committed or none. Valid inside its `Database.write` closure.
public final class Transaction: Queryable {
    /// The one time of this write, by the clock: for deadlines, limits and what people see. It is
    /// no order: where a clock was set back by more than a second, it goes back as well. What must
    /// stay in order has a number, or an id of one `IDMinter`.
    public let now: Timestamp
    private let connection: Connection
    /// Of the database before this write; nil if another write of its group has changed it since.
    private let version: Int?
    private var isActive = true

    init(_ connection: Connection, now: Timestamp, version: Int?) {
        self.connection = connection
        self.now = now
        self.version = version
    }

    /// Whether this write, as long as it has changed nothing itself, sees what is read of the
    /// database while `Database.version` has this value.
    public func sees(_ version: Int?) -> Bool { version != nil && self.version == version }

    /// How many rows this connection has changed so far, counting triggers and cascades: only for
    /// comparing, as it also counts what was undone.
    public var changedRows: Int { connection.changedRows }

    /// A prepared statement, from the cache of the connection.
    public func statement(_ sql: SQL) throws(DatabaseError) -> Statement {
        try check()
        return try connection.statement(sql)
    }

    private func check() throws(DatabaseError) {
        guard isActive else {
            throw DatabaseError(.misuse, "a Transaction was used after its write")
        }
        // On some errors SQLite rolls the whole transaction back by itself. A closure that goes
        // on regardless would write outside of any transaction.
        guard connection.isInTransaction else {
            throw connection.lastFailure ?? DatabaseError(.misuse, "the transaction has ended")
        }
    }

    /// Runs one INSERT, UPDATE or DELETE; returns how many rows it changed itself (not counting
    /// triggers and cascades).
    @discardableResult
    public func execute(_ sql: SQL, _ values: Value...) throws -> Int {
        try execute(sql, values: values)
    }

    /// - Returns: the number of changed rows.
    @discardableResult
    public func execute(_ sql: SQL, values: [Value]) throws -> Int {
        let statement = try statement(sql)
        defer { statement.finish() }
        try statement.bind(values)
        while try statement.step() {}
        return connection.changes(statement)
    }

    func end() { isActive = false }
}
