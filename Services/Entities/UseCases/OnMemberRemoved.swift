import Contract
import Kernel
import OrganizationsContract
import SQLite
import WriteKit

extension EntitiesUseCases {
    /// A member left an organization or was removed: they can no longer publish its entities, and
    /// the entities they owned go to the organization's longest-standing owner.
    ///
    /// A right to publish that depends on the ended membership ends, however late it was written:
    /// creating an entity checks the membership first, and the membership may end before the entity
    /// is written. A right that another publisher gave ends if it was given before the removal. A
    /// later one stays, as does one that depends on a later membership: they may have rejoined
    /// before this event arrived. Other entities they own, and shares, are not affected.
    ///
    /// If an offboarding ended the membership, its own event takes back what there is when it
    /// arrives. Only what is written later, by requests that asked about the membership before, is
    /// left for this one.
    /// - Parameter removal: when it happened, by the clock of the organizations service.
    func onMemberRemoved(
        _ event: MemberRemoved, at removal: Timestamp, in tx: Transaction
    ) throws {
        try Tombstone.membership.insert(event.membershipId, in: tx)
        if let id = event.operationId, try !OffboardingStore.contains(id, in: tx) { return }
        try jobs.begin(.removeMember(event, removal: removal, after: ""), in: tx)
    }

    /// - Parameter after: the last entity that is done.
    /// - Returns: the last entity that is done now.
    func removeFromSomeEntities(
        _ event: MemberRemoved, at removal: Timestamp, after: String,
        _ budget: inout RowBudget, in tx: Transaction
    ) throws -> String {
        let publishers = try PublisherStore.some(
            of: event.userId, after: after, limit: budget.left, in: tx)
        for publisher in publishers {
            let ends =
                publisher.membershipId.map { $0 == event.membershipId }
                ?? (event.operationId == nil && publisher.addedAt <= removal)
            guard ends, let entity = try EntityStore.find(publisher.entityId, in: tx),
                entity.organizationId == event.organizationId
            else { continue }
            try remove(publisher, from: entity, event, in: tx)
        }
        budget.spend(publishers.count)
        return publishers.last?.entityId ?? after
    }

    private func remove(
        _ publisher: Publisher, from entity: Entity, _ event: MemberRemoved, in tx: Transaction
    ) throws {
        let actor = event.actor.caller
        var counts = OffboardingCounts()
        var audience = entity.audience
        if entity.ownerId == event.userId {
            // Without a successor the entity stays theirs.
            guard let successor = try successor(for: entity, event, in: tx) else { return }
            // If the successor was removed too, that event will pass the entity on in turn.
            audience = try setOwner(
                of: entity, to: successor,
                membershipId: successor == event.successorId ? event.successorMembershipId : nil,
                by: actor, in: tx
            ).audience
            counts.passedOn(.entities)
        }
        try PublisherStore.delete(event.userId, of: entity.id, in: tx)
        try audit.record(.removed(publisher, for: audience), by: actor, in: tx)
        counts.removed(.publishers)
        if let id = event.operationId { try OffboardingStore.add(counts, to: id, in: tx) }
    }

    /// The entity belongs to the organization, so another publisher, who may not be a member, comes
    /// last: after the organization's owner and the user who removed the member. At an offboarding
    /// it is as for all that the user owns.
    private func successor(
        for entity: Entity, _ event: MemberRemoved, in tx: Transaction
    ) throws -> String? {
        if event.operationId != nil {
            return try PublisherStore.oldest(of: entity.id, except: event.userId, in: tx)
                ?? event.actor.userId
        }
        return try [event.successorId, event.actor.userId].first { id in
            try id != event.userId && !Tombstone.user.contains(id, in: tx)
                && !SuspendedUsers.contains(id, in: tx)
        } ?? PublisherStore.oldest(of: entity.id, except: event.userId, in: tx)
    }
}
