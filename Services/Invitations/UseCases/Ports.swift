import Kernel

/// What entities are, and who owns them: the entities context. What fails throws; it never guesses.
public protocol Entities: Sendable {
    /// An entity and how a user stands to it; nil if there is none.
    func standing(of userId: String, to entityId: String) async throws -> EntityStanding?
}

/// What the stores offer: the organizations context.
public protocol Stores: Sendable {
    /// Whether a store opens the entity to the user.
    func isOpen(_ entityId: String, to userId: String) async throws -> Bool
}

/// Which places webhooks may lead to.
public protocol WebhookTargets: Sendable {
    /// - Parameter owner: on whose behalf, for the limits.
    /// - Throws: 422 at `pointer`.
    func check(_ url: String, for owner: String, pointer: String) async throws(Fault)
}

public struct EntityStanding: Sendable, Equatable {
    public let id: String
    public let name: String
    public let ownerId: String
    public let updatedAt: Timestamp
    /// Whether he publishes it or it is shared with him.
    public let isAccessible: Bool

    public init(
        id: String, name: String, ownerId: String, updatedAt: Timestamp, isAccessible: Bool
    ) {
        self.id = id
        self.name = name
        self.ownerId = ownerId
        self.updatedAt = updatedAt
        self.isAccessible = isAccessible
    }
}
