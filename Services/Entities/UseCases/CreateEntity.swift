import Journal
import Kernel
import SQLite

extension EntitiesUseCases {
    /// The caller becomes owner and first publisher.
    func createEntity(_ draft: EntityDraft, by caller: Caller) async throws -> Change<Entity> {
        if let organizationId = draft.organizationId,
            try await !organizations.isMember(caller.userId, of: organizationId)
        {
            throw Fault.invalid("/organizationId", "must be an organization that you belong to")
        }
        return change(by: caller) { [ids, audit] tx in
            let entity = Entity(
                id: ids.make("ent_"), name: draft.name, slug: try Self.slug(for: draft, in: tx),
                type: draft.type, description: draft.description,
                organizationId: draft.organizationId, ownerId: caller.userId, createdAt: tx.now,
                updatedAt: tx.now)
            try EntityStore.insert(entity, in: tx)
            let publisher = Publisher(
                entityId: entity.id, userId: caller.userId, addedBy: caller.userId,
                addedAt: tx.now)
            try PublisherStore.insert(publisher, in: tx)
            try audit.record(.created(entity), by: caller, in: tx)
            try audit.record(.added(publisher), by: caller, in: tx)
            return entity
        }
    }

    private static func slug(for draft: EntityDraft, in tx: Transaction) throws -> String {
        guard let slug = draft.slug else {
            return try Slug.free(for: draft.name) { try EntityStore.isSlugTaken($0, in: tx) }
        }
        if try EntityStore.isSlugTaken(slug, in: tx) { throw Slug.taken }
        return slug
    }
}
