import Contract
import Kernel

extension OrganizationQueries {
    /// `POST` `StoreGrantsQuery` → `StoreGrantsReply`.
    public static let grants = Endpoint(
        "storeGrants", .post, "/internal/stores/grants", access: .service, readsOnly: true,
        summary: "Find the publications that open an entity to users")

    /// `POST` `StorePeopleQuery` → `StorePeopleReply`.
    public static let people = Endpoint(
        "storePeople", .post, "/internal/stores/people", access: .service, readsOnly: true,
        summary: "List the members of organizations whose stores have an entity")
}

/// Up to `maximum` users.
public struct StoreGrantsQuery: Codable, Sendable {
    public static let maximum = 100

    public let entityId: String
    public let userIds: [String]

    public init(entityId: String, userIds: [String]) {
        self.entityId = entityId
        self.userIds = userIds
    }
}

/// The publications that open an entity, at most `maximum` in each list, by their organizations'
/// ids.
public struct StoreGrantsReply: Codable, Sendable, Equatable {
    public static let maximum = 100

    public struct Publication: Codable, Sendable, Equatable {
        public let id: String
        public let organizationId: String
        public let publishedBy: String
        public let publishedAt: Timestamp

        public init(
            id: String, organizationId: String, publishedBy: String, publishedAt: Timestamp
        ) {
            self.id = id
            self.organizationId = organizationId
            self.publishedBy = publishedBy
            self.publishedAt = publishedAt
        }
    }

    /// For each user, in order: those in stores of organizations that the user belongs to.
    public let users: [[Publication]]
    /// Those that are open to everybody.
    public let publicOnes: [Publication]

    public init(users: [[Publication]], publicOnes: [Publication]) {
        self.users = users
        self.publicOnes = publicOnes
    }
}

public struct StorePeopleQuery: Codable, Sendable {
    public static let maximum = 1_000

    public let entityId: String
    /// Only users with a greater id.
    public let after: String
    /// At most `maximum`.
    public let limit: Int

    public init(entityId: String, after: String, limit: Int) {
        self.entityId = entityId
        self.after = after
        self.limit = limit
    }
}

/// The first ones, each once, by id.
public struct StorePeopleReply: Codable, Sendable, Equatable {
    public let userIds: [String]

    public init(userIds: [String]) { self.userIds = userIds }
}
