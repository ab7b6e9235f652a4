import Contract
import Kernel

/// An entity in the store of an organization.
public struct PublicationBody: Codable, Sendable, Equatable {
    /// The entity as the store shows it.
    public struct Entity: Codable, Sendable, Equatable {
        public let id: String
        public let name: String
        public let type: String

        public init(id: String, name: String, type: String) {
            self.id = id
            self.name = name
            self.type = type
        }
    }

    public let id: String
    public let organizationId: String
    public let entity: Entity
    public let isPublic: Bool
    public let publishedBy: String
    public let publishedAt: Timestamp
    public let updatedAt: Timestamp

    public init(
        id: String, organizationId: String, entity: Entity, isPublic: Bool, publishedBy: String,
        publishedAt: Timestamp, updatedAt: Timestamp
    ) {
        self.id = id
        self.organizationId = organizationId
        self.entity = entity
        self.isPublic = isPublic
        self.publishedBy = publishedBy
        self.publishedAt = publishedAt
        self.updatedAt = updatedAt
    }
}

/// `POST /api/organizations/{id}/store`
public struct NewPublicationBody: Codable, Sendable {
    public let entityId: String
    /// False if omitted.
    public let isPublic: Bool?

    public init(entityId: String, isPublic: Bool? = nil) {
        self.entityId = entityId
        self.isPublic = isPublic
    }
}

/// `DELETE /api/organizations/{id}/store`
public struct EntityReferenceBody: Codable, Sendable {
    public let entityId: String

    public init(entityId: String) { self.entityId = entityId }
}

/// `PATCH /api/organizations/{id}/store/{publicationId}`
public struct PublicationPatchBody: Codable, Sendable {
    public let isPublic: Patch<Bool>

    public init(isPublic: Patch<Bool>) { self.isPublic = isPublic }
}

/// `GET /api/stores`: an organization with a public store.
public struct PublicStoreBody: Codable, Sendable, Equatable {
    public let id: String
    public let name: String
    public let slug: String
    public let createdAt: Timestamp
    public let publicationCount: Int

    public init(
        id: String, name: String, slug: String, createdAt: Timestamp, publicationCount: Int
    ) {
        self.id = id
        self.name = name
        self.slug = slug
        self.createdAt = createdAt
        self.publicationCount = publicationCount
    }
}
