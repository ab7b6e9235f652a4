import Kernel
import SQLite
import WriteKit

extension UseCases {
    /// Expires due invitations of one kind, some at a time.
    /// - Parameters:
    ///   - due: returns those due at a moment, up to a limit.
    ///   - expire: expires one.
    /// - Returns: how many; 0 when none are left.
    package func expireDue<Item>(
        _ limit: Int, _ clock: any Clock,
        _ due: @escaping @Sendable (Int, Timestamp, any Queryable) throws -> [Item],
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
