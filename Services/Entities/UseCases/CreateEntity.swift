import Kernel
import SQLite
import WriteKit

extension EntitiesUseCases {
    /// The caller becomes the owner and first publisher.
    func createEntity(
        _ draft: EntityDraft, by caller: Caller
    ) async throws -> PendingWrite<Void, Entity> {
        let membership = try await membership(in: draft.organizationId, of: caller)
        // Any user can create an entity outside organizations.
        let admit: Admission<Void> = { db in
            // The membership may have ended since it was checked. If the event has not arrived yet,
            // it will end the right that is written here (`onMemberRemoved`).
            if let membership, let organizationId = draft.organizationId,
                try Tombstone.membership.contains(membership, in: db)
                    || Tombstone.organization.contains(organizationId, in: db)
            {
                throw Self.notYourOrganization
            }
        }
        return write(by: caller, admit: admit) { [self] tx, _ in
            try quotas.entities.check(for: caller.userId, in: tx)
            try EntityStore.externalIds.check(draft.externalId, by: caller, in: tx)
            let entity = Entity(
                id: ids.make("ent_"), name: draft.name, slug: try Self.slug(for: draft, in: tx),
                type: draft.type, description: draft.description,
                organizationId: draft.organizationId, ownerId: caller.userId, createdAt: tx.now,
                updatedAt: tx.now, resharing: draft.resharing, externalId: draft.externalId)
            try settleOffboarding(of: caller.userId, on: entity.id, in: tx)
            try EntityStore.insert(entity, in: tx)
            let publisher = Publisher(
                entityId: entity.id, userId: caller.userId, addedBy: caller.userId,
                addedAt: tx.now, membershipId: membership)
            try PublisherStore.insert(publisher, in: tx)
            try audit.record(.created(entity), by: caller, in: tx)
            try audit.record(.added(publisher, for: entity.audience), by: caller, in: tx)
            return entity
        }
    }

    /// The caller's membership of the new entity's organization.
    private func membership(
        in organizationId: String?, of caller: Caller
    ) async throws -> String? {
        guard let organizationId else { return nil }
        guard IDMinter.isWellFormed(organizationId, prefix: "org_"),
            let id = try await organizations.membership(of: caller.userId, in: organizationId)
        else { throw Self.notYourOrganization }
        return id
    }

    private static let notYourOrganization = Fault.invalid(
        "/organizationId", "must be the id of an organization that you belong to")

    private static func slug(for draft: EntityDraft, in tx: Transaction) throws -> String {
        guard let slug = draft.slug else {
            return try Slug.free(for: draft.name) { try EntityStore.isSlugTaken($0, in: tx) }
        }
        if try EntityStore.isSlugTaken(slug, in: tx) { throw Fault(.slugTaken) }
        return slug
    }
}
