import Kernel

/// The entities context. A failed query throws; it never guesses.
public protocol Entities: Sendable {
    /// An entity and a user's relation to it; nil if there is no such entity.
    func standing(of userId: String, to entityId: String) async throws -> EntityStanding?
}

public struct EntityStanding: Sendable, Equatable {
    public let id: String
    public let name: String
    public let ownerId: String
    public let updatedAt: Timestamp
    /// Whether the user publishes it or it is shared with them.
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
