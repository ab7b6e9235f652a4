import Journal
import Kernel
import Outbox
import SQLite

extension OrganizationsUseCases {
    /// Whether the caller publishes the entity is asked first, of the context that knows.
    func publish(
        _ entityId: String, publicly isPublic: Bool, to reference: String, by caller: Caller
    ) async throws -> Change<Publication> {
        try read(.publish, on: reference, by: caller) { _, _, _ in }
        let entity = try await publishedEntity(entityId, by: caller)
        return change(.publish, on: reference, by: caller) { [self] tx, organization, _ in
            // Deleted since it was asked for.
            guard try !Gone.entity.contains(entityId, in: tx) else { throw Fault.notFound }
            if try PublicationStore.find(entity: entityId, of: organization.id, in: tx) != nil {
                throw Publication.already
            }
            try quotas.publications.check(for: organization.id, in: tx)
            _ = try EntityNameStore.save(
                entity.name, of: entityId, updatedAt: entity.updatedAt, in: tx)
            let publication = Publication(
                id: ids.make("pub_"), organizationId: organization.id,
                entity: PublishedEntity(id: entityId, name: entity.name, type: entity.type),
                isPublic: isPublic, publishedBy: caller.userId, publishedAt: tx.now,
                updatedAt: tx.now)
            try PublicationStore.insert(publication, in: tx)
            try audit.record(.created(publication), by: caller, in: tx)
            return try PublicationStore.find(
                entity: entityId, of: organization.id, in: tx) ?? publication
        }
    }

    /// Takes the entity out of the store; for its publishers.
    func unpublish(
        _ entityId: String, from reference: String, by caller: Caller
    ) async throws -> Change<Void> {
        try read(.publish, on: reference, by: caller) { _, _, _ in }
        _ = try await publishedEntity(entityId, by: caller)
        return change(.publish, on: reference, by: caller) { [self] tx, organization, _ in
            guard
                let found = try PublicationStore.find(
                    entity: entityId, of: organization.id, in: tx)
            else { throw Fault.notFound }
            try PublicationStore.delete(found.id, in: tx)
            try audit.record(.removed(found), by: caller, in: tx)
        }
    }

    /// The entity, if the caller is one of its publishers.
    private func publishedEntity(
        _ entityId: String, by caller: Caller
    ) async throws -> EntityStanding {
        guard IDMinter.isWellFormed(entityId, prefix: "ent_") else { throw Fault.notFound }
        let entity: EntityStanding?
        do {
            entity = try await entities.standing(of: caller.userId, to: entityId)
        } catch {
            throw Fault(
                .unavailable, code: "entities_unavailable",
                "Whether you publish this entity can't be found out at the moment.",
                retryAfter: 1, privateDetail: "\(error)")
        }
        let reach = try database.read {
            try ReachStore.storeAccess(of: caller.userId, to: [entityId], in: $0)
        }
        let isOpen = !reach.organization.isEmpty || !reach.everybody.isEmpty
        try OrganizationPolicy.authorizePublisher(entity, isOpenByStore: isOpen)
        guard let entity else { throw Fault.notFound }
        return entity
    }
}
