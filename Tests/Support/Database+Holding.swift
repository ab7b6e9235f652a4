import SQLite
import Synchronization

extension Database {
    /// Runs `body` while the writer is busy until `count` writes are queued, so that all of them
    /// have read before the first one writes.
    /// - Parameter deed: what is written before them.
    public func holdingWrites<T: Sendable>(
        until count: Int, doing deed: @escaping @Sendable (Transaction) throws -> Void = { _ in },
        _ body: () async throws -> T
    ) async throws -> T {
        let isHeld = Atomic(false)
        async let held: Void = write { tx in
            isHeld.store(true, ordering: .relaxed)
            blockUntil { self.statistics.queuedWrites >= count }
            try deed(tx)
        }
        _ = await eventually { isHeld.load(ordering: .relaxed) }
        let result = try await body()
        try await held
        return result
    }
}
