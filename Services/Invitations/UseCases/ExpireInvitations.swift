import InvitationsContract
import Kernel
import SQLite
import WriteKit

/// Expires due invitations of either kind, some at a time.
struct Expiry: Sendable {
    let database: Database
    let clock: any Clock
    let wrote: @Sendable () -> Void

    /// - Parameters:
    ///   - due: returns those due at a moment, up to a limit.
    ///   - expire: expires one.
    /// - Returns: how many; 0 when none are left.
    func run<Item>(
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

extension InvitationsUseCases {
    /// Stores which invitations have expired and emits the events, some at a time.
    /// - Returns: how many; 0 when none are left.
    func expireSome(_ limit: Int = 200) async throws -> Int {
        try await Expiry(database: database, clock: clock, wrote: wrote).run(limit) {
            try InvitationStore.due($0, at: $1, in: $2)
        } _: { [self] in
            try expire($0, in: $1)
        }
    }

    func expire(_ former: Invitation, in tx: Transaction) throws {
        var invitation = former
        invitation.status = .expired
        try InvitationStore.update(invitation, in: tx)
        try audit.record(.changed(former, invitation), by: nil, in: tx)
        let owner = try KnownEntityStore.find(invitation.entityId, in: tx)?.ownerId
        try emit(.expired, of: invitation, to: owner ?? invitation.invitedBy, in: tx)
    }
}
