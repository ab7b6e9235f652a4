import Kernel
import SQLite

/// Expires due invitations of either kind, some at a time.
package struct Expiry: Sendable {
    let database: Database
    let clock: any Clock
    let wrote: @Sendable () -> Void

    package init(
        database: Database, clock: any Clock, wrote: @escaping @Sendable () -> Void
    ) {
        self.database = database
        self.clock = clock
        self.wrote = wrote
    }

    /// - Parameters:
    ///   - due: returns those due at a moment, up to a limit.
    ///   - expire: expires one.
    /// - Returns: how many; 0 when none are left.
    package func run<Item>(
        _ limit: Int,
        due: @escaping @Sendable (Int, Timestamp, any Queryable) throws -> [Item],
        _ expire: @escaping @Sendable (Item, Transaction) throws -> Void
    ) async throws -> Int {
        // Usually there is nothing, and a read finds that out without a write.
        let isDue = try database.read { try !due(1, clock.now(), $0).isEmpty }
        guard isDue else { return 0 }
        let count = try await database.write { tx in
            let items = try due(limit, tx.now, tx)
            for item in items { try expire(item, tx) }
            return items.count
        }
        if count > 0 { wrote() }
        return count
    }
}
