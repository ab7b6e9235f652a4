import SQLite

/// A change that is ready to be made: what other contexts know has been asked, and what is left is
/// one transaction. Use cases return it, so that whoever answers the request can write the answer
/// into the same transaction.
public struct Change<Value: Sendable>: Sendable {
    private let database: Database
    private let body: @Sendable (Transaction) throws -> Value
    private let committed: @Sendable () -> Void

    /// - Parameters:
    ///   - committed: runs when the change is on disk, before it is answered.
    ///   - body: loads, asks the rule, saves.
    public init(
        in database: Database, committed: @escaping @Sendable () -> Void = {},
        _ body: @escaping @Sendable (Transaction) throws -> Value
    ) {
        self.database = database
        self.committed = committed
        self.body = body
    }

    /// The change with one more step in its transaction.
    public func adding<Other: Sendable>(
        _ step: @escaping @Sendable (Transaction, Value) throws -> Other
    ) -> Change<Other> {
        Change<Other>(in: database, committed: committed) { [body] tx in
            try step(tx, try body(tx))
        }
    }

    /// Makes it. Returns once it is on disk.
    @discardableResult
    public func commit() async throws -> Value {
        let value = try await database.write(body)
        committed()
        return value
    }
}
