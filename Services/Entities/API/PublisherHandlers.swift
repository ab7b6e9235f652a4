import EntitiesContract
import HTTPCore
import Kernel
import ServiceKit

extension EntitiesAPI {
    func listPublishers(_ request: RequestContext) async throws -> Response {
        let page = try await useCases.listPublishers(
            of: try request.entityId, try request.page(), by: request.caller)
        return .list(page.map { PublisherBody($0) }, for: request)
    }

    func addPublisher(_ request: RequestContext) async throws -> Committed {
        let body = try request.decode(UserReferenceBody.self)
        let entityId = try request.entityId
        let change = try await useCases.addPublisher(
            body.userId, to: entityId, by: request.caller)
        return try await request.commit(change, current: .exists) { publisher, isNew in
            isNew
                ? .created(
                    PublisherBody(publisher),
                    location: "/api/entities/\(entityId)/publishers/\(body.userId)")
                : .json(200, PublisherBody(publisher))
        }
    }

    /// The most frequent check: it never suspends, and its responses are built once.
    func checkPublisher(_ request: RequestContext) throws -> Response {
        let isPublisher = try useCases.isPublisher(
            request.caller.userId, of: try request.entityId)
        return isPublisher ? Self.isPublisher : Self.isNotPublisher
    }

    private static let isPublisher = Response.resource(PublisherStatusBody(isPublisher: true))
    private static let isNotPublisher = Response.resource(PublisherStatusBody(isPublisher: false))

    func removePublisher(_ request: RequestContext) async throws -> Committed {
        try await request.commit(
            useCases.removePublisher(
                try request.path("userId"), from: try request.entityId, by: request.caller),
            current: .exists
        ) { .noContent }
    }
}

extension PublisherBody {
    init(_ listed: PublisherWithUser) {
        self.init(
            listed.user, isOwner: listed.isOwner, addedBy: listed.publisher.addedBy,
            addedAt: listed.publisher.addedAt)
    }
}
