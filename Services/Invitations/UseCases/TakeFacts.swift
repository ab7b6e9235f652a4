import Contract
import EntitiesContract
import Kernel
import SQLite
import WriteKit

/// What happens here because of what happened elsewhere, once for each event.
/// All return false if the event was applied before.
extension InvitationsUseCases {
    /// A user was deleted: his collaborations and webhooks go, what he has sent leads nowhere, and
    /// he is in no workspace.
    func dropUser(_ userId: String, by admin: Caller, eventId: String) async throws -> Bool {
        try await apply(eventId) { [self] tx in
            try Tombstone.user.insert(userId, in: tx)
            // Bounded by the inviters' quota.
            for invitation in try InvitationStore.pending(by: userId, in: tx) {
                let owner = try KnownEntityStore.find(invitation.entityId, in: tx)?.ownerId
                // What is theirs goes to somebody, who hears of it then (`handOverEntity`).
                guard let owner, owner != userId else { continue }
                _ = try revoke(invitation, by: admin, owner: owner, in: tx)
            }
            try SendingStore.deleteAll(of: userId, in: tx)
            try jobs.begin(.dropUser(userId: userId, admin: EventActor(admin)), in: tx)
        }
    }

    func dropSome(
        ofUser userId: String, by admin: Caller, _ budget: inout RowBudget, in tx: Transaction
    ) throws -> Bool {
        for collaborator in try CollaboratorStore.some(for: userId, limit: budget.left, in: tx) {
            let owner = try KnownEntityStore.find(collaborator.entityId, in: tx)?.ownerId
            try remove(collaborator, by: admin, owner: owner ?? collaborator.addedBy, in: tx)
            budget.spend(1)
        }
        try workspaces.drop(userId, by: admin, &budget, in: tx)
        while !budget.isSpent, let webhook = try WebhookStore.any(of: userId, in: tx) {
            budget.spend(1)
            try WebhookStore.delete(webhook.id, in: tx)
            try audit.record(.deleted(webhook), by: admin, in: tx)
        }
        // Nobody is left who could ask for them.
        budget.spend(try EventStore.deleteSome(for: userId, limit: budget.left, in: tx))
        return !budget.isSpent
    }

    /// An entity was deleted: nobody collaborates on it, and nobody is invited to it.
    func dropEntity(_ fact: EntityDeleted, eventId: String) async throws -> Bool {
        let actor = fact.actor.caller
        return try await apply(eventId) { [self] tx in
            try Tombstone.entity.insert(fact.entityId, in: tx)
            let owner =
                try KnownEntityStore.find(fact.entityId, in: tx)?.ownerId ?? actor.userId
            try jobs.begin(
                .dropEntity(entityId: fact.entityId, ownerId: owner, actor: fact.actor), in: tx)
        }
    }

    func dropSome(
        ofEntity entityId: String, owner: String, by actor: Caller, _ budget: inout RowBudget,
        in tx: Transaction
    ) throws -> Bool {
        let invitations = try InvitationStore.somePending(
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

    /// An entity has another name. Of what nobody was invited to nothing is kept.
    func renameEntity(_ fact: EntityRenamed, eventId: String) async throws -> Bool {
        try await apply(eventId) { tx in
            try KnownEntityStore.rename(fact.entityId, fact.name, at: fact.updatedAt, in: tx)
        }
    }

    /// An entity has another owner, who hears of what happens to it from now on; and that those
    /// are dead whom an owner invited who was deleted.
    func handOverEntity(_ fact: EntityHandedOver, eventId: String) async throws -> Bool {
        try await apply(eventId) { [self] tx in
            if try Tombstone.entity.contains(fact.entityId, in: tx) { return }
            try KnownEntityStore.handOver(
                fact.entityId, to: fact.ownerId, at: fact.updatedAt, in: tx)
            for invitation in try InvitationStore.pending(to: fact.entityId, in: tx)
            where try Tombstone.user.contains(invitation.invitedBy, in: tx) {
                _ = try revoke(invitation, by: nil, owner: fact.ownerId, in: tx)
            }
        }
    }

    private func apply(
        _ eventId: String, _ body: @escaping @Sendable (Transaction) throws -> Void
    ) async throws -> Bool {
        let isNew = try await database.write { tx in
            guard try Inbox.claim(eventId, in: tx) else { return false }
            try body(tx)
            return true
        }
        if isNew { wrote() }
        return isNew
    }
}
