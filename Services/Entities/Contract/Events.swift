import Contract
import Kernel

/// `entity.deleted`: other contexts delete what they store about the entity.
public struct EntityDeleted: Codable, Sendable, Equatable {
    public static let type = "entity.deleted"

    public let entityId: String
    public let actor: EventActor

    public init(entityId: String, actor: EventActor) {
        self.entityId = entityId
        self.actor = actor
    }
}

/// `entity.owner_changed`: other contexts notify the new owner from now on.
public struct EntityOwnerChanged: Codable, Sendable, Equatable {
    public static let type = "entity.owner_changed"

    public let entityId: String
    public let ownerId: String
    /// The entity's own `updatedAt`: tells which of two owners is newer.
    public let updatedAt: Timestamp

    public init(entityId: String, ownerId: String, updatedAt: Timestamp) {
        self.entityId = entityId
        self.ownerId = ownerId
        self.updatedAt = updatedAt
    }
}

/// `entity.renamed`: other contexts show the new name.
public struct EntityRenamed: Codable, Sendable, Equatable {
    public static let type = "entity.renamed"

    public let entityId: String
    public let name: String
    /// The entity's own `updatedAt`: tells which of two names is newer.
    public let updatedAt: Timestamp

    public init(entityId: String, name: String, updatedAt: Timestamp) {
        self.entityId = entityId
        self.name = name
        self.updatedAt = updatedAt
    }
}
