import Contract
import EntitiesContract
import Kernel
import SQLite
import WriteKit

/// Work of this part that can touch any number of rows. Names of cases and members are stored.
package enum CollaborationJob: BackgroundJob, Equatable {
    /// The invitations and collaborators of a deleted entity.
    case removeEntity(entityId: String, ownerId: String, actor: EventActor)

    /// As stored by earlier versions.
    enum CodingKeys: String, CodingKey {
        case removeEntity = "dropEntity"
    }

    package var kind: String { "entity.deleted" }
    package var subject: String {
        switch self {
        case .removeEntity(let entityId, _, _): entityId
        }
    }
}

extension InvitationsUseCases {
    private var jobs: Jobs<CollaborationJob> {
        Jobs(rows: jobRows) { try advance($0, &$1, in: $2) }
    }

    /// Does a part of a job.
    /// - Returns: whether all is done.
    package func advance(
        _ job: CollaborationJob, _ budget: inout RowBudget, in tx: Transaction
    ) throws -> Bool {
        switch job {
        case .removeEntity(let entityId, let ownerId, let actor):
            try removeSome(ofEntity: entityId, owner: ownerId, by: actor.caller, &budget, in: tx)
        }
    }

    /// Revokes the invitations to the entity and removes its collaborators.
    package func onEntityDeleted(_ event: EntityDeleted, in tx: Transaction) throws {
        let actor = event.actor.caller
        try Tombstone.entity.insert(event.entityId, in: tx)
        let owner =
            try KnownEntityStore.find(event.entityId, in: tx)?.ownerId ?? actor.userId
        try jobs.begin(
            .removeEntity(entityId: event.entityId, ownerId: owner, actor: event.actor), in: tx)
    }

    private func removeSome(
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
