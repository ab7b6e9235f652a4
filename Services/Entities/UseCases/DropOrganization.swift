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

    /// A member left an organization, or was removed: they publish its entities no longer, and
    /// those that they owned pass to the organization's longest-standing owner.
    ///
    /// A right that rests on the ended membership ends, however late it was written: whoever
    /// creates an entity is asked for the membership first, and it may end before the entity is
    /// there. A right that another publisher gave ends if it was given before the removal; one
    /// given since stays, as does what rests on a later membership: they may have come back before
    /// this was heard of. What they own besides, and what was shared with them, stays theirs.
    /// - Parameter removal: when it happened, by the clock of organizations.
    func dropMember(
        _ fact: MemberRemoved, at removal: Timestamp, eventId: String
    ) async throws -> Bool {
        try await database.write { [self] tx in
            guard try Inbox.claim(eventId, in: tx) else { return false }
            try Gone.membership.insert(fact.membershipId, in: tx)
            for entity in try EntityStore.published(
                by: fact.userId, in: fact.organizationId, under: fact.membershipId,
                orGivenUntil: removal, tx)
            {
                try take(entity, from: fact, in: tx)
            }
            return true
        }
    }

    private func take(_ entity: Entity, from fact: MemberRemoved, in tx: Transaction) throws {
        let actor = fact.actor.caller
        if entity.ownerId == fact.userId {
            // Nobody is left who could take it: it stays theirs.
            guard let heir = try heir(of: entity, fact, in: tx) else { return }
            // The successor's own removal, perhaps heard of next, takes it from them in turn.
            _ = try handOver(
                entity, to: heir,
                under: heir == fact.successorId ? fact.successorMembershipId : nil, by: actor,
                in: tx)
        }
        guard let publisher = try PublisherStore.find(fact.userId, of: entity.id, in: tx) else {
            return
        }
        try PublisherStore.delete(fact.userId, of: entity.id, in: tx)
        try audit.record(.removed(publisher), by: actor, in: tx)
    }

    /// Not another publisher, who may be no member: it is the organization's. Unless all who could
    /// take it for the organization were deleted.
    private func heir(
        of entity: Entity, _ fact: MemberRemoved, in tx: Transaction
    ) throws -> String? {
        try [fact.successorId, fact.actor.userId].first { id in
            try id != fact.userId && !Gone.user.contains(id, in: tx)
        } ?? PublisherStore.oldest(of: entity.id, except: fact.userId, in: tx)
    }
}
