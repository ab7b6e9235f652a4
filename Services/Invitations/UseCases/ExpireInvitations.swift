import Journal
import Kernel
import SQLite

extension InvitationsUseCases {
    /// Writes down which invitations have expired, and tells of it, some at a time.
    /// - Returns: how many there were; none if there are none left.
    func expireSome(_ limit: Int = 200) async throws -> Int {
        // Most of the time there is nothing, which a read finds out without a write.
        let isDue = try database.read {
            try !InvitationStore.due(1, at: clock.now(), in: $0).isEmpty
        }
        guard isDue else { return 0 }
        let count = try await database.write { tx in
            let due = try InvitationStore.due(limit, at: tx.now, in: tx)
            for invitation in due { try expire(invitation, in: tx) }
            return due.count
        }
        if count > 0 { wrote() }
        return count
    }

    func expire(_ former: Invitation, in tx: Transaction) throws {
        var invitation = former
        invitation.status = .expired
        try InvitationStore.update(invitation, in: tx)
        try audit.record(.changed(former, invitation), by: nil, in: tx)
        let owner = try KnownEntityStore.find(invitation.entityId, in: tx)?.ownerId
        try tell(.expired, of: invitation, to: owner ?? invitation.invitedBy, in: tx)
    }
}
