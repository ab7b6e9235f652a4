import EntitiesContract
import Kernel

/// An entity in the store of an organization.
struct Publication: Sendable, Equatable {
    let id: String
    let organizationId: String
    let entity: PublishedEntity
    /// Whether everyone sees it, or only members.
    var isPublic: Bool
    let publishedBy: String
    let publishedAt: Timestamp
    var updatedAt: Timestamp

    /// - Returns: the updated publication; `updatedAt` changes only if `isPublic` does.
    func updated(isPublic: Bool?, at now: Timestamp) -> Publication {
        guard let isPublic, isPublic != self.isPublic else { return self }
        var changed = self
        changed.isPublic = isPublic
        changed.updatedAt = now
        return changed
    }
}

/// A publication as a reason for access to its entity.
struct PublicationGrant: Sendable, Equatable {
    let id: String
    let organizationId: String
    let publishedBy: String
    let publishedAt: Timestamp
}

/// What this context knows about an entity.
struct PublishedEntity: Sendable, Equatable {
    let id: String
    let name: String
    let type: String
}

/// A user's relation to an entity, as the entities context reports it.
public struct EntityStanding: Sendable, Equatable {
    public let id: String
    public let name: String
    public let type: String
    /// When it was last changed: decides which of two names is the newer.
    public let updatedAt: Timestamp
    public let isPublisher: Bool
    /// Whether the user has access, as far as that context itself knows.
    public let isAccessible: Bool
    public var isOwner = false
}

/// The filter of a list of publications.
struct PublicationFilter: Sendable, Equatable {
    var type: String?
    var onlyPublic = false
}
