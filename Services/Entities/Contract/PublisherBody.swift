import Contract
import Kernel

/// A publisher of an entity: their profile, and who added them when.
public struct PublisherBody: Codable, Sendable, Equatable {
    public let userId: String
    public let email: String
    public let username: String
    public let displayName: String
    public let isOwner: Bool
    public let addedBy: String
    public let addedAt: Timestamp

    public init(_ profile: UserProfile, isOwner: Bool, addedBy: String, addedAt: Timestamp) {
        self.userId = profile.id
        self.email = profile.email
        self.username = profile.username
        self.displayName = profile.displayName
        self.isOwner = isOwner
        self.addedBy = addedBy
        self.addedAt = addedAt
    }
}

/// `GET /api/entities/{entityId}/publishers/me`
public struct PublisherStatusBody: Codable, Sendable, Equatable {
    public let isPublisher: Bool

    public init(isPublisher: Bool) { self.isPublisher = isPublisher }
}

/// A reference to a user: the new owner, a new publisher.
public struct UserReferenceBody: Codable, Sendable {
    public let userId: String

    public init(userId: String) { self.userId = userId }
}
