import Contract
import EntitiesContract
import HTTPCore
import Kernel
import OrganizationsContract
import ServiceKit

extension OrganizationsAPI {
    func listPublications(_ request: RequestContext) throws -> Response {
        let page = try useCases.listPublications(
            of: try request.organization,
            type: try request.word("type", of: EntityType.self)?.rawValue, try request.page(),
            by: request.caller)
        return .list(page.map { PublicationBody($0) }, for: request)
    }

    func publish(_ request: RequestContext) async throws -> Committed {
        let body = try request.decode(NewPublicationBody.self)
        let change = try await useCases.publish(
            body.entityId, publicly: body.isPublic ?? false, to: try request.organization,
            by: request.caller)
        return try await request.commit(change, current: .exists) {
            let path = "/api/organizations/\($0.organizationId)/store"
            return .created(PublicationBody($0), location: "\(path)/\($0.id)").tagged
        }
    }

    func unpublish(_ request: RequestContext) async throws -> Committed {
        let change = try await useCases.unpublish(
            try request.unpublishedEntity, from: try request.organization, by: request.caller)
        return try await request.commit(change, current: .publication) { .noContent }
    }

    func getPublication(_ request: RequestContext) throws -> Response {
        let found = try useCases.getPublication(
            try request.path("publicationId"), of: try request.organization, by: request.caller)
        return .resource(PublicationBody(found))
    }

    func updatePublication(_ request: RequestContext) async throws -> Committed {
        let body = try request.decode(PublicationPatchBody.self)
        let change = useCases.updatePublication(
            try request.path("publicationId"), of: try request.organization,
            isPublic: try body.isPublic.required("/isPublic"), by: request.caller)
        return try await request.commit(change, current: .publication) {
            .resource(PublicationBody($0))
        }
    }

    func deletePublication(_ request: RequestContext) async throws -> Committed {
        let change = try await useCases.deletePublication(
            try request.path("publicationId"), of: try request.organization, by: request.caller)
        return try await request.commit(change, current: .publication) { .noContent }
    }

    func listPublicStores(_ request: RequestContext) throws -> Response {
        let page = try useCases.listPublicStores(
            search: try Text.search(try request.query("search")), try request.page())
        return .list(page.map { PublicStoreBody($0) }, for: request)
    }
}

extension Current<Publication> {
    fileprivate static var publication: Self { .shown { PublicationBody($0) } }
}

extension RequestContext {
    /// The id in the body or, for clients that can't send one with DELETE, in the query.
    fileprivate var unpublishedEntity: String {
        get throws(Fault) {
            let named = try query("entityId")
            guard let body = try decodeIfPresent(EntityReferenceBody.self) else {
                guard let named else { throw .invalid("/entityId", "is required") }
                return named
            }
            guard named == nil || named == body.entityId else {
                throw .invalid("/entityId", "must be the same in the body and in the query")
            }
            return body.entityId
        }
    }
}

extension PublicationBody {
    init(_ publication: Publication) {
        let entity = publication.entity
        self.init(
            id: publication.id, organizationId: publication.organizationId,
            entity: Entity(id: entity.id, name: entity.name, type: entity.type),
            isPublic: publication.isPublic, publishedBy: publication.publishedBy,
            publishedAt: publication.publishedAt, updatedAt: publication.updatedAt)
    }
}

extension PublicStoreBody {
    init(_ organization: Organization) {
        self.init(
            id: organization.id, name: organization.name, slug: organization.slug,
            createdAt: organization.createdAt, publicationCount: organization.publicCount)
    }
}
