import Contract
import Kernel

/// `entity.deleted`: what other contexts hold of it goes.
public struct EntityDeleted: Codable, Sendable, Equatable {
    public static let type = "entity.deleted"

    public let entityId: String
    public let actor: EventActor

    public init(entityId: String, actor: EventActor) {
        self.entityId = entityId
        self.actor = actor
    }
}

/// `entity.owner_changed`: whoever tells its owner of something tells the new one.
public struct EntityHandedOver: Codable, Sendable, Equatable {
    public static let type = "entity.owner_changed"

    public let entityId: String
    public let ownerId: String
    /// The entity's own: which of two owners is the later.
    public let updatedAt: Timestamp

    public init(entityId: String, ownerId: String, updatedAt: Timestamp) {
        self.entityId = entityId
        self.ownerId = ownerId
        self.updatedAt = updatedAt
    }
}

/// `entity.renamed`: whoever shows its name shows the new one.
public struct EntityRenamed: Codable, Sendable, Equatable {
    public static let type = "entity.renamed"

    public let entityId: String
    public let name: String
    /// The entity's own: which of two names is the newer.
    public let updatedAt: Timestamp

    public init(entityId: String, name: String, updatedAt: Timestamp) {
        self.entityId = entityId
        self.name = name
        self.updatedAt = updatedAt
    }
}
