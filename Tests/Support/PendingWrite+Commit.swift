import SQLite
@_spi(Answering) import WriteKit

extension PendingWrite {
    /// Makes the change as a request without an `Idempotency-Key` does.
    /// - Parameter condition: what the request demands of what there is.
    @discardableResult
    public func commit(expecting condition: Condition? = nil) async throws -> Value {
        try await commit(if: condition) { $1 }
    }

    /// The same with one more step in its transaction, as keeping an answer is.
    public func commit(
        adding step: @escaping @Sendable (Transaction, Value) throws -> Void
    ) async throws {
        try await commit(if: nil, keep: step)
    }
}
