import Contract
import Kernel

/// An entity.
public struct EntityBody: Codable, Sendable, Equatable {
    public let id: String
    public let name: String
    public let slug: String
    public let type: EntityType
    @OrNull public var description: String?
    @OrNull public var organizationId: String?
    public let ownerId: String
    public let createdAt: Timestamp
    public let updatedAt: Timestamp
    /// The greatest version by precedence.
    @OrNull public var latestVersion: String?
    public let resharing: Resharing
    /// The platform's own id.
    @OrNull public var externalId: String?
    /// The first access step that applies to the caller; nil where the entity is only mentioned.
    public let access: AccessStep?

    public init(
        id: String, name: String, slug: String, type: EntityType, description: String?,
        organizationId: String?, ownerId: String, createdAt: Timestamp, updatedAt: Timestamp,
        latestVersion: String?, resharing: Resharing, externalId: String?, access: AccessStep?
    ) {
        self.id = id
        self.name = name
        self.slug = slug
        self.type = type
        self.description = description
        self.organizationId = organizationId
        self.ownerId = ownerId
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.latestVersion = latestVersion
        self.resharing = resharing
        self.externalId = externalId
        self.access = access
    }
}

/// The identity of an entity, also shown to users who may no longer have access.
public struct EntitySummaryBody: Codable, Sendable, Equatable {
    public let id: String
    public let name: String
    public let slug: String
    public let type: EntityType

    public init(id: String, name: String, slug: String, type: EntityType) {
        self.id = id
        self.name = name
        self.slug = slug
        self.type = type
    }
}

/// `POST /api/entities`
public struct NewEntityBody: Codable, Sendable {
    public let name: String
    public let type: String
    public let slug: String?
    public let description: String?
    public let organizationId: String?
    public let resharing: String?
    public let externalId: String?

    public init(
        name: String, type: String, slug: String? = nil, description: String? = nil,
        organizationId: String? = nil, resharing: String? = nil, externalId: String? = nil
    ) {
        self.name = name
        self.type = type
        self.slug = slug
        self.description = description
        self.organizationId = organizationId
        self.resharing = resharing
        self.externalId = externalId
    }
}

/// `PATCH /api/entities/{entityId}`
public struct EntityPatchBody: Codable, Sendable {
    public let name: Patch<String>
    public let slug: Patch<String>
    public let description: Patch<String>
    public let resharing: Patch<String>
    public let externalId: Patch<String>

    public init(
        name: Patch<String> = .unchanged, slug: Patch<String> = .unchanged,
        description: Patch<String> = .unchanged, resharing: Patch<String> = .unchanged,
        externalId: Patch<String> = .unchanged
    ) {
        self.externalId = externalId
        self.name = name
        self.slug = slug
        self.description = description
        self.resharing = resharing
    }
}
