import EntitiesContract
import HTTPCore
import Kernel
import ServiceKit

extension EntitiesAPI {
    func createEntity(_ request: RequestContext) async throws -> Committed {
        let body = try request.decode(NewEntityBody.self)
        let draft = try EntityDraft(
            name: body.name, type: body.type, slug: body.slug, description: body.description,
            organizationId: body.organizationId, resharing: body.resharing,
            externalId: body.externalId)
        return try await request.commit(
            useCases.createEntity(draft, by: request.caller), current: .exists
        ) {
            .created(EntityBody($0, via: .publisher), location: "/api/entities/\($0.id)").tagged
        }
    }

    func listEntities(_ request: RequestContext) async throws -> Response {
        let filter = EntityFilter(
            type: try request.entityType,
            search: try Text.search(try request.query("search")))
        let page = try await useCases.listEntities(
            filter, try request.page(), of: try request.query("userId"), by: request.caller)
        return .list(page.map { EntityBody($0) }, for: request)
    }

    func getEntity(_ request: RequestContext) async throws -> Response {
        let found = try await useCases.getEntity(try request.entityId, by: request.caller)
        return .resource(EntityBody(found))
    }

    func updateEntity(_ request: RequestContext) async throws -> Committed {
        let body = try request.decode(EntityPatchBody.self)
        let update = try EntityUpdate(
            name: body.name, slug: body.slug, description: body.description,
            resharing: body.resharing, externalId: body.externalId)
        return try await request.commit(
            useCases.updateEntity(try request.entityId, update, by: request.caller),
            current: .entity
        ) { .resource(EntityBody($0, via: .publisher)) }
    }

    func deleteEntity(_ request: RequestContext) async throws -> Committed {
        try await request.commit(
            useCases.deleteEntity(try request.entityId, by: request.caller), current: .entity
        ) { .noContent }
    }

    func transferEntity(_ request: RequestContext) async throws -> Committed {
        let body = try request.decode(UserReferenceBody.self)
        let change = try await useCases.transferOwnership(
            of: try request.entityId, to: body.userId, by: request.caller)
        // The former owner stays a publisher. No ETag: the path is that of another resource.
        return try await request.commit(change, current: .entity) {
            .json(EntityBody($0, via: .publisher))
        }
    }
}

extension Current<AccessibleEntity> {
    fileprivate static var entity: Self { .shown { EntityBody($0) } }
}

extension EntityBody {
    init(_ accessible: AccessibleEntity) {
        self.init(accessible.entity, via: accessible.via)
    }

    init(_ entity: Entity, via: AccessStep? = nil) {
        self.init(
            id: entity.id, name: entity.name, slug: entity.slug, type: entity.type,
            description: entity.description, organizationId: entity.organizationId,
            ownerId: entity.ownerId, createdAt: entity.createdAt, updatedAt: entity.updatedAt,
            latestVersion: entity.latestVersion, resharing: entity.resharing,
            externalId: entity.externalId, access: via)
    }
}

extension EntitySummaryBody {
    init(_ entity: Entity) {
        self.init(id: entity.id, name: entity.name, slug: entity.slug, type: entity.type)
    }
}
