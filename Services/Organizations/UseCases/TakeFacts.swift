import Contract
import EntitiesContract
import Kernel
import SQLite
import WriteKit

/// What happens here because of what happened elsewhere, once for each event.
/// All return false if the event was applied before.
extension OrganizationsUseCases {
    /// A user was deleted: where he was the last owner, the longest-standing admin takes over, else
    /// the longest-standing member; where he was alone, the organization goes with him.
    func dropUser(_ userId: String, by admin: Caller, eventId: String) async throws -> Bool {
        try await database.write { [self] tx in
            guard try Inbox.claim(eventId, in: tx) else { return false }
            try Tombstone.user.insert(userId, in: tx)
            try jobs.begin(.dropUser(userId: userId, admin: EventActor(admin)), in: tx)
            return true
        }
    }

    func dropSome(
        of userId: String, by admin: Caller, _ budget: inout RowBudget, in tx: Transaction
    ) throws -> Bool {
        while !budget.isSpent {
            guard let membership = try MembershipStore.any(of: userId, in: tx) else { return true }
            budget.spend(1)
            try end(membership, by: admin, &budget, in: tx)
        }
        return false
    }

    private func end(
        _ membership: Membership, by admin: Caller, _ budget: inout RowBudget,
        in tx: Transaction
    ) throws {
        let id = membership.organizationId
        guard let organization = try OrganizationStore.find(id, in: tx) else {
            throw Fault.unexpected("a member of no organization")
        }
        if membership.isOwner, try !MembershipStore.hasOwner(besides: membership, in: tx) {
            let heir =
                try MembershipStore.oldest(.admin, of: id, in: tx)
                ?? MembershipStore.oldest(of: id, except: membership.userId, in: tx)
            guard let heir, let former = try MembershipStore.find(heir, in: id, tx) else {
                return try close(organization, by: admin, &budget, in: tx)
            }
            var owner = former
            owner.role = membership.role
            try MembershipStore.setRole(owner.role.id, of: heir, in: id, tx)
            try audit.record(.changed(former, owner), by: admin, in: tx)
        }
        try MembershipStore.delete(membership.userId, in: id, tx)
        try audit.record(.removed(membership), by: admin, in: tx)
    }

    /// An entity was deleted: it is in no store any more.
    func dropEntity(_ entityId: String, by actor: Caller, eventId: String) async throws -> Bool {
        try await database.write { [self] tx in
            guard try Inbox.claim(eventId, in: tx) else { return false }
            try Tombstone.entity.insert(entityId, in: tx)
            try jobs.begin(
                .dropEntity(entityId: entityId, actor: EventActor(actor)), in: tx)
            return true
        }
    }

    func withdrawSome(
        of entityId: String, by actor: Caller, _ budget: inout RowBudget, in tx: Transaction
    ) throws -> Bool {
        let publications = try PublicationStore.some(
            of: entityId, limit: budget.left, in: tx)
        for publication in publications {
            try PublicationStore.delete(publication.id, in: tx)
            try audit.record(.removed(publication), by: actor, in: tx)
        }
        budget.spend(publications.count)
        guard !budget.isSpent else { return false }
        try EntityNameStore.delete(entityId, in: tx)
        return true
    }

    /// An entity has another name.
    func renameEntity(_ fact: EntityRenamed, eventId: String) async throws -> Bool {
        try await database.write { tx in
            guard try Inbox.claim(eventId, in: tx) else { return false }
            guard try !Tombstone.entity.contains(fact.entityId, in: tx) else { return false }
            return try EntityNameStore.save(
                fact.name, of: fact.entityId, updatedAt: fact.updatedAt, in: tx)
        }
    }
}
