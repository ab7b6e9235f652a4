import Contract
import EntitiesContract
import Kernel
import SQLite
import WriteKit

extension InvitationsUseCases {
    /// Revokes the invitations to the entity and removes its collaborators.
    func onEntityDeleted(_ event: EntityDeleted, in tx: Transaction) throws {
        let actor = event.actor.caller
        try Tombstone.entity.insert(event.entityId, in: tx)
        let owner =
            try KnownEntityStore.find(event.entityId, in: tx)?.ownerId ?? actor.userId
        try jobs.begin(
            .removeEntity(entityId: event.entityId, ownerId: owner, actor: event.actor), in: tx)
    }

    func removeSome(
        ofEntity entityId: String, owner: String, by actor: Caller, _ budget: inout RowBudget,
        in tx: Transaction
    ) throws -> Bool {
        let invitations = try InvitationStore.pending(
            to: entityId, limit: budget.left, in: tx)
        for invitation in invitations {
            _ = try revoke(invitation, by: actor, owner: owner, in: tx)
        }
        budget.spend(invitations.count)
        for collaborator in try CollaboratorStore.some(of: entityId, limit: budget.left, in: tx) {
            try remove(collaborator, by: actor, owner: owner, in: tx)
            budget.spend(1)
        }
        budget.spend(try InvitationStore.deleteSome(of: entityId, limit: budget.left, in: tx))
        guard !budget.isSpent else { return false }
        try KnownEntityStore.delete(entityId, in: tx)
        return true
    }
}
