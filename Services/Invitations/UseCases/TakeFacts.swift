import Contract
import EntitiesContract
import Journal
import Kernel
import Outbox
import SQLite

/// What happens here because of what happened elsewhere, once for each event.
/// All return false if the event was applied before.
extension InvitationsUseCases {
    /// A user was deleted: his collaborations and webhooks go, what he has sent leads nowhere, and
    /// he is in no workspace.
    func dropUser(_ userId: String, by admin: Caller, eventId: String) async throws -> Bool {
        try await apply(eventId) { [self] tx in
            try Gone.user.insert(userId, in: tx)
            for collaborator in try CollaboratorStore.all(for: userId, in: tx) {
                let owner = try KnownEntityStore.find(collaborator.entityId, in: tx)?.ownerId
                try remove(
                    collaborator, by: admin, owner: owner ?? collaborator.addedBy, in: tx)
            }
            for invitation in try InvitationStore.pending(by: userId, in: tx) {
                let owner = try KnownEntityStore.find(invitation.entityId, in: tx)?.ownerId
                // What is his goes to somebody, who hears of it then (`handOverEntity`).
                guard let owner, owner != userId else { continue }
                _ = try revoke(invitation, by: admin, owner: owner, in: tx)
            }
            try workspaces.drop(userId, by: admin, in: tx)
            try SendingStore.deleteAll(of: userId, in: tx)
            for webhook in try WebhookStore.all(of: userId, in: tx) {
                try WebhookStore.delete(webhook.id, in: tx)
                try audit.record(.deleted(webhook), by: admin, in: tx)
            }
            // Nobody is left who could ask for them.
            try EventStore.deleteAll(for: userId, in: tx)
        }
    }

    /// An entity was deleted: nobody collaborates on it, and nobody is invited to it.
    func dropEntity(_ fact: EntityDeleted, eventId: String) async throws -> Bool {
        let actor = fact.actor.caller
        return try await apply(eventId) { [self] tx in
            try Gone.entity.insert(fact.entityId, in: tx)
            let owner =
                try KnownEntityStore.find(fact.entityId, in: tx)?.ownerId ?? actor.userId
            for invitation in try InvitationStore.pending(to: fact.entityId, in: tx) {
                _ = try revoke(invitation, by: actor, owner: owner, in: tx)
            }
            for collaborator in try CollaboratorStore.all(of: fact.entityId, in: tx) {
                try remove(collaborator, by: actor, owner: owner, in: tx)
            }
            try InvitationStore.deleteAll(of: fact.entityId, in: tx)
            try KnownEntityStore.delete(fact.entityId, in: tx)
        }
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
            if try Gone.entity.contains(fact.entityId, in: tx) { return }
            try KnownEntityStore.handOver(
                fact.entityId, to: fact.ownerId, at: fact.updatedAt, in: tx)
            for invitation in try InvitationStore.pending(to: fact.entityId, in: tx)
            where try Gone.user.contains(invitation.invitedBy, in: tx) {
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
