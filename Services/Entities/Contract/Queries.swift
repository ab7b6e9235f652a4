import Contract
import Kernel

/// Queries of other services about entities. Not reachable through the gateway; every call
/// carries a service identity.
public enum EntityQueries {
    /// `POST` `EntityStandingQuery` → `EntityStandingReply`.
    public static let standing = Endpoint(
        "entityStanding", .post, "/internal/entities/standing", access: .service, readsOnly: true,
        summary: "Get an entity and a user's local access to it")

    /// Of entities.
    public static let externalIds = ExternalIDsQuery.endpoint(
        "entityExternalIds", "/internal/entities/external-ids",
        summary: "Find entities by external ids")

    public static let all = [standing, externalIds]
}

public struct EntityStandingQuery: Codable, Sendable {
    public let entityId: String
    public let userId: String

    public init(entityId: String, userId: String) {
        self.entityId = entityId
        self.userId = userId
    }
}

public struct EntityStandingReply: Codable, Sendable, Equatable {
    public struct Entity: Codable, Sendable, Equatable {
        public let id: String
        public let name: String
        public let type: String
        public let ownerId: String
        /// nil: it belongs to no organization.
        @OrNull public var organizationId: String?
        public let updatedAt: Timestamp

        public init(
            id: String, name: String, type: String, ownerId: String, organizationId: String?,
            updatedAt: Timestamp
        ) {
            self.id = id
            self.name = name
            self.type = type
            self.ownerId = ownerId
            _organizationId = OrNull(wrappedValue: organizationId)
            self.updatedAt = updatedAt
        }
    }

    /// nil: the entity does not exist.
    @OrNull public var entity: Entity?
    /// The user's first step that the entities context itself stores: `publisher` or
    /// `direct_share`.
    @OrNull public var step: String?

    public init(entity: Entity?, step: String?) {
        self.entity = entity
        self.step = step
    }
}
