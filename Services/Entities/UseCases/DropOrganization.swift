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
    /// and those that he owned pass to the organization's longest-standing owner. What he owns
    /// besides, and what was shared with him, stays his; so does what he was given since, as he may
    /// have come back before the news of his leaving.
    /// - Parameter removal: when it happened.
    func dropMember(
        _ fact: MemberRemoved, at removal: Timestamp, eventId: String
    ) async throws -> Bool {
        try await database.write { [self] tx in
            guard try Inbox.claim(eventId, in: tx) else { return false }
            try Gone.membership.insert(fact.membershipId, in: tx)
            for entity in try EntityStore.published(
                by: fact.userId, in: fact.organizationId, until: removal, tx)
            {
                try take(entity, from: fact, in: tx)
            }
            return true
        }
    }

    private func take(_ entity: Entity, from fact: MemberRemoved, in tx: Transaction) throws {
        let actor = fact.actor.caller
        if entity.ownerId == fact.userId {
            // Not to another publisher, who may be no member: it is the organization's.
            let heir = try [fact.successorId, fact.actor.userId].first { id in
                try id != fact.userId && !Gone.user.contains(id, in: tx)
            }
            // Nobody is left who could take it: it stays with him.
            guard let heir else { return }
            _ = try handOver(entity, to: heir, by: actor, in: tx)
        }
        guard let publisher = try PublisherStore.find(fact.userId, of: entity.id, in: tx) else {
            return
        }
        try PublisherStore.delete(fact.userId, of: entity.id, in: tx)
        try audit.record(.removed(publisher), by: actor, in: tx)
    }
}
