import Contract
import Kernel
import SQLite
import WriteKit

extension InvitationsUseCases {
    /// Revokes the user's pending invitations, then removes their collaborations, memberships,
    /// webhooks and events.
    func onUserDeleted(_ userId: String, by admin: Caller, in tx: Transaction) throws {
        try Tombstone.user.insert(userId, in: tx)
        // Bounded by the inviters' quota.
        for invitation in try InvitationStore.pending(by: userId, in: tx) {
            let owner = try KnownEntityStore.find(invitation.entityId, in: tx)?.ownerId
            // Those to the user's own entities are revoked when the new owner is known
            // (`onEntityOwnerChanged`), who is notified then.
            guard let owner, owner != userId else { continue }
            _ = try revoke(invitation, by: admin, owner: owner, in: tx)
        }
        try SendingStore.deleteAll(of: userId, in: tx)
        try jobs.begin(.removeUser(userId: userId, admin: EventActor(admin)), in: tx)
    }

    func removeSome(
        ofUser userId: String, by admin: Caller, _ budget: inout RowBudget, in tx: Transaction
    ) throws -> Bool {
        for collaborator in try CollaboratorStore.some(for: userId, limit: budget.left, in: tx) {
            let owner = try KnownEntityStore.find(collaborator.entityId, in: tx)?.ownerId
            try remove(collaborator, by: admin, owner: owner ?? collaborator.addedBy, in: tx)
            budget.spend(1)
        }
        try workspaces.removeDeletedUser(userId, by: admin, &budget, in: tx)
        while !budget.isSpent, let webhook = try WebhookStore.any(of: userId, in: tx) {
            budget.spend(1)
            try WebhookStore.delete(webhook.id, in: tx)
            try audit.record(.deleted(webhook), by: admin, in: tx)
        }
        budget.spend(try EventStore.deleteSome(for: userId, limit: budget.left, in: tx))
        return !budget.isSpent
    }
}
