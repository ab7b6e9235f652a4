import Contract
import Kernel
import OrganizationsContract
import SQLite
import WriteKit

/// What happens here because of what happened to organizations, once for each event.
/// Both return false if the event was applied before.
extension EntitiesUseCases {
    /// An organization was deleted: its entities become personal.
    func dropOrganization(_ fact: OrganizationDeleted, eventId: String) async throws -> Bool {
        try await database.write { [self] tx in
            guard try Inbox.claim(eventId, in: tx) else { return false }
            try Tombstone.organization.insert(fact.organizationId, in: tx)
            try jobs.begin(.dropOrganization(fact), in: tx)
            return true
        }
    }

    func makeSomePersonal(
        _ fact: OrganizationDeleted, _ budget: inout RowBudget, in tx: Transaction
    ) throws -> Bool {
        let actor = fact.actor.caller
        let entities = try EntityStore.some(
            of: fact.organizationId, limit: budget.left, in: tx)
        for entity in entities {
            var personal = entity
            personal.organizationId = nil
            personal.touch(tx.now)
            try EntityStore.update(personal, in: tx)
            if let event = AuditEvent.updated(entity, personal) {
                try audit.record(event, by: actor, in: tx)
            }
        }
        budget.spend(entities.count)
        return !budget.isSpent
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
            try Tombstone.membership.insert(fact.membershipId, in: tx)
            try jobs.begin(.dropMember(fact, removal: removal, after: ""), in: tx)
            return true
        }
    }

    /// - Parameter after: up to which entity it is done.
    /// - Returns: up to which it is done now.
    func takeSome(
        _ fact: MemberRemoved, at removal: Timestamp, after: String,
        _ budget: inout RowBudget, in tx: Transaction
    ) throws -> String {
        let publishers = try PublisherStore.some(
            of: fact.userId, after: after, limit: budget.left, in: tx)
        for publisher in publishers {
            let ends =
                publisher.membershipId.map { $0 == fact.membershipId }
                ?? (publisher.addedAt <= removal)
            guard ends, let entity = try EntityStore.find(publisher.entityId, in: tx),
                entity.organizationId == fact.organizationId
            else { continue }
            try take(entity, from: fact, in: tx)
        }
        budget.spend(publishers.count)
        return publishers.last?.entityId ?? after
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
            try id != fact.userId && !Tombstone.user.contains(id, in: tx)
        } ?? PublisherStore.oldest(of: entity.id, except: fact.userId, in: tx)
    }
}
