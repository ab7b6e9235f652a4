import Kernel
import OrganizationsContract
import SQLite
import WriteKit

extension OrganizationsUseCases {
    /// Asks the entities context first whether the caller is a publisher.
    func publish(
        _ entityId: String, publicly isPublic: Bool, to reference: String, by caller: Caller
    ) async throws -> PendingWrite<Void, Publication> {
        let admit = try await publisherAdmission(of: caller, to: entityId, on: reference)
        return write(by: caller, admit: admit) { [self] tx, found in
            let (organization, entity) = found
            if try PublicationStore.find(entity: entityId, of: organization.id, in: tx) != nil {
                throw Fault(OrganizationProblems.alreadyPublished)
            }
            try quotas.publications.check(for: organization.id, in: tx)
            try EntityNameStore.save(
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

    /// Admits callers whose role can publish and who are publishers of the entity, which is asked
    /// of the entities context, for a repeated request too.
    func publisherAdmission(
        of caller: Caller, to entityId: String, on reference: String
    ) async throws -> Admission<(Organization, EntityStanding)> {
        let admit = admission(of: caller, to: .publish, on: reference)
        _ = try database.read { try admit($0) }
        let entity = try await standing(of: caller, to: entityId)
        return { db in
            let organization = try admit(db).organization
            // It can have been deleted since the entities context responded.
            guard try !Tombstone.entity.contains(entityId, in: db) else { throw Fault.notFound }
            return (organization, try Self.requirePublisher(caller, of: entity, entityId, in: db))
        }
    }

    /// The caller's relation to an entity, as the entities context reports it.
    func standing(
        of caller: Caller, to entityId: String
    ) async throws -> EntityStanding? {
        guard IDMinter.isWellFormed(entityId, prefix: "ent_") else { throw Fault.notFound }
        do {
            return try await entities.standing(of: caller.userId, to: entityId)
        } catch {
            throw Fault(
                OrganizationProblems.entitiesUnavailable, retryAfter: 1, privateDetail: "\(error)")
        }
    }

    /// - Returns: the entity, if the caller is one of its publishers.
    static func requirePublisher(
        _ caller: Caller, of entity: EntityStanding?, _ entityId: String, in db: some Queryable
    ) throws -> EntityStanding {
        let access = try AccessStore.storeAccess(of: caller.userId, to: [entityId], in: db)
        let isVisible = !access.organizationStore.isEmpty || !access.publicStore.isEmpty
        try OrganizationPolicy.authorizePublisher(entity, isInVisibleStore: isVisible)
        guard let entity else { throw Fault.notFound }
        return entity
    }
}
