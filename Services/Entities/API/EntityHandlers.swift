import EntitiesContract
import HTTPCore
import Kernel
import ServiceKit

extension EntitiesAPI {
    func createEntity(_ request: RequestContext) async throws -> Response {
        let body = try request.decode(NewEntityBody.self)
        let draft = try EntityDraft(
            name: body.name, type: body.type, slug: body.slug, description: body.description,
            organizationId: body.organizationId)
        let entity = try await useCases.createEntity(draft, by: request.caller)
        return .created(
            EntityBody(entity, via: .publisher), location: "/api/entities/\(entity.id)")
    }

    func listEntities(_ request: RequestContext) async throws -> Response {
        let filter = EntityFilter(
            type: try request.entityType,
            search: try EntityFilter.search(try request.query("search")))
        let page = try await useCases.listEntities(filter, try request.page(), by: request.caller)
        return .list(page.map { EntityBody($0.entity, via: $0.via) }, for: request)
    }

    func getEntity(_ request: RequestContext) async throws -> Response {
        let found = try await useCases.getEntity(try request.entityId, by: request.caller)
        return .json(200, EntityBody(found.entity, via: found.via))
    }

    func updateEntity(_ request: RequestContext) async throws -> Response {
        let body = try request.decode(EntityPatchBody.self)
        let change = try EntityChange(
            name: body.name, slug: body.slug, description: body.description)
        let entity = try await useCases.updateEntity(
            try request.entityId, change, by: request.caller)
        return .json(200, EntityBody(entity, via: .publisher))
    }

    func deleteEntity(_ request: RequestContext) async throws -> Response {
        try await useCases.deleteEntity(try request.entityId, by: request.caller)
        return .noContent
    }

    func transferEntity(_ request: RequestContext) async throws -> Response {
        let body = try request.decode(UserReferenceBody.self)
        let entity = try await useCases.transferOwnership(
            of: try request.entityId, to: body.userId, by: request.caller)
        // The former owner stays a publisher.
        return .json(200, EntityBody(entity, via: .publisher))
    }
}

extension EntityBody {
    init(_ entity: Entity, via: AccessStep? = nil) {
        self.init(
            id: entity.id, name: entity.name, slug: entity.slug, type: entity.type.rawValue,
            description: entity.description, organizationId: entity.organizationId,
            ownerId: entity.ownerId, createdAt: entity.createdAt, updatedAt: entity.updatedAt,
            latestVersion: entity.latestVersion, access: via?.rawValue)
    }
}

extension EntitySummaryBody {
    init(_ entity: Entity) {
        self.init(
            id: entity.id, name: entity.name, slug: entity.slug, type: entity.type.rawValue)
    }
}
