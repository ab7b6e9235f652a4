import Kernel
import SQLite
import WriteKit

extension OrganizationsUseCases {
    /// Whether the caller publishes the entity is asked first, of the context that knows.
    func publish(
        _ entityId: String, publicly isPublic: Bool, to reference: String, by caller: Caller
    ) async throws -> PendingWrite<(Organization, EntityStanding), Publication> {
        let admit = try await publisherAdmission(of: caller, to: entityId, on: reference)
        return PendingWrite(in: database, admit: admit) { [self] tx, found in
            let (organization, entity) = found
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

    /// Of callers whose role publishes, and who are publishers of the entity: that is asked now,
    /// for a repeated request too.
    func publisherAdmission(
        of caller: Caller, to entityId: String, on reference: String
    ) async throws -> Admission<(Organization, EntityStanding)> {
        let admit = admission(of: caller, to: .publish, on: reference)
        _ = try database.read { try admit($0) }
        let entity = try await standing(of: caller, to: entityId)
        return { db in
            let organization = try admit(db).organization
            // Deleted since it was asked for.
            guard try !Tombstone.entity.contains(entityId, in: db) else { throw Fault.notFound }
            return (organization, try Self.publisher(caller, of: entity, entityId, in: db))
        }
    }

    /// How the caller stands to an entity, as the context that owns it knows.
    func standing(
        of caller: Caller, to entityId: String
    ) async throws -> EntityStanding? {
        guard IDMinter.isWellFormed(entityId, prefix: "ent_") else { throw Fault.notFound }
        do {
            return try await entities.standing(of: caller.userId, to: entityId)
        } catch {
            throw Fault(
                .unavailable, code: "entities_unavailable",
                "Whether you publish this entity can't be found out at the moment.",
                retryAfter: 1, privateDetail: "\(error)")
        }
    }

    /// The entity, if the caller is one of its publishers.
    static func publisher(
        _ caller: Caller, of entity: EntityStanding?, _ entityId: String, in db: some Queryable
    ) throws -> EntityStanding {
        let access = try AccessStore.storeAccess(of: caller.userId, to: [entityId], in: db)
        let isOpen = !access.organizationStore.isEmpty || !access.publicStore.isEmpty
        try OrganizationPolicy.authorizePublisher(entity, isOpenByStore: isOpen)
        guard let entity else { throw Fault.notFound }
        return entity
    }
}
