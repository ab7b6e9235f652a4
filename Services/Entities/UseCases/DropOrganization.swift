import Contract
import Journal
import Kernel
import OrganizationsContract
import Outbox
import SQLite

/// What happens here because of what happened to organizations, once for each event.
/// Both return false if the event was applied before.
extension EntitiesUseCases {
    /// An organization was deleted: its entities become personal.
    func dropOrganization(_ fact: OrganizationDeleted, eventId: String) async throws -> Bool {
        try await database.write { [audit] tx in
            guard try Inbox.claim(eventId, in: tx) else { return false }
            try Gone.organization.insert(fact.organizationId, in: tx)
            let actor = fact.actor.caller
            for entity in try EntityStore.all(of: fact.organizationId, in: tx) {
                var personal = entity
                personal.organizationId = nil
                personal.touch(tx.now)
                try EntityStore.update(personal, in: tx)
                if let event = AuditEvent.updated(entity, personal) {
                    try audit.record(event, by: actor, in: tx)
                }
            }
            return true
        }
    }

    /// A member left an organization, or was removed: of its entities he is no publisher any more,
    /// and those that he owned pass to their oldest other publisher, else to an owner of the
    /// organization. What he owns besides, and what was shared with him, stays his.
    func dropMember(_ fact: MemberRemoved, eventId: String) async throws -> Bool {
        try await database.write { [audit] tx in
            guard try Inbox.claim(eventId, in: tx) else { return false }
            try Gone.membership.insert(fact.membershipId, in: tx)
            let published = try EntityStore.published(
                by: fact.userId, in: fact.organizationId, tx)
            for entity in published {
                try Self.take(entity, from: fact, audit, in: tx)
            }
            return true
        }
    }

    private static func take(
        _ entity: Entity, from fact: MemberRemoved, _ audit: AuditLog, in tx: Transaction
    ) throws {
        let actor = fact.actor.caller
        if entity.ownerId == fact.userId {
            let oldest = try PublisherStore.oldest(of: entity.id, except: fact.userId, in: tx)
            let heirs = [oldest, fact.successorId, fact.actor.userId].compactMap(\.self)
            let heir = try heirs.first { id in
                try id != fact.userId && !Gone.user.contains(id, in: tx)
            }
            // Nobody is left who could take it: it stays with him.
            guard let heir else { return }
            _ = try handOver(entity, to: heir, by: actor, audit, in: tx)
        }
        guard let publisher = try PublisherStore.find(fact.userId, of: entity.id, in: tx) else {
            return
        }
        try PublisherStore.delete(fact.userId, of: entity.id, in: tx)
        try audit.record(.removed(publisher), by: actor, in: tx)
    }
}
