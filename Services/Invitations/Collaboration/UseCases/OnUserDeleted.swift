import Inviting
import Kernel
import SQLite
import WriteKit

extension InvitationsUseCases {
    /// Revokes the pending invitations of a deleted user; bounded by the inviters' quota.
    package func revokePending(ofDeleted userId: String, by admin: Caller, in tx: Transaction)
        throws
    {
        for invitation in try InvitationStore.pending(by: userId, in: tx) {
            let owner = try KnownEntityStore.find(invitation.entityId, in: tx)?.ownerId
            // Those to the user's own entities are revoked when the new owner is known
            // (`onEntityOwnerChanged`), who is notified then.
            guard let owner, owner != userId else { continue }
            _ = try revoke(invitation, by: admin, owner: owner, in: tx)
        }
        try SendingStore.deleteAll(of: userId, in: tx)
    }

    /// Removes some of the collaborations of a deleted user, within the budget.
    package func removeSome(
        ofDeleted userId: String, by admin: Caller, _ budget: inout RowBudget, in tx: Transaction
    ) throws {
        for collaborator in try CollaboratorStore.some(for: userId, limit: budget.left, in: tx) {
            let owner = try KnownEntityStore.find(collaborator.entityId, in: tx)?.ownerId
            try remove(collaborator, by: admin, owner: owner ?? collaborator.addedBy, in: tx)
            budget.spend(1)
        }
    }
}
