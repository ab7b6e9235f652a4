import Kernel

/// The entities context. A failed query throws; it never guesses.
package protocol Entities: Sendable {
    /// The ids of entities, by their external ids.
    func ids(ofEntities externalIds: [String]) async throws -> [String: String]
    /// An entity and a user's relation to it; nil if there is no such entity.
    func standing(of userId: String, to entityId: String) async throws -> EntityStanding?
}

package struct EntityStanding: Sendable, Equatable {
    package let id: String
    package let name: String
    package let ownerId: String
    /// nil: it belongs to no organization.
    package let organizationId: String?
    package let updatedAt: Timestamp
    /// Whether the user publishes it or it is shared with them.
    package let isAccessible: Bool

    package init(
        id: String, name: String, ownerId: String, organizationId: String?, updatedAt: Timestamp,
        isAccessible: Bool
    ) {
        self.id = id
        self.name = name
        self.ownerId = ownerId
        self.organizationId = organizationId
        self.updatedAt = updatedAt
        self.isAccessible = isAccessible
    }
}
