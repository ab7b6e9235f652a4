import Contract

/// What other services may ask about organizations, each in one call for many. Not reachable
/// through the gateway; every call carries a service identity.
public enum OrganizationQueries {
    /// `POST` `StoreAccessQuery` → `StoreAccessAnswer`.
    public static let storeAccess = Endpoint(
        "storeAccess", .post, "/internal/stores/access", access: .service, readsOnly: true,
        summary: "Which entities the stores open to users")

    /// `POST` `StoreEntitiesQuery` → `StoreEntitiesAnswer`.
    public static let storeEntities = Endpoint(
        "storeEntities", .post, "/internal/stores/entities", access: .service, readsOnly: true,
        summary: "Every entity that a store opens to a user")

    /// `POST` `ColleaguesQuery` → `ColleaguesAnswer`.
    public static let colleagues = Endpoint(
        "colleagues", .post, "/internal/organizations/colleagues", access: .service,
        readsOnly: true, summary: "Who shares an organization with a user")

    /// `POST` `MembershipQuery` → `MembershipAnswer`.
    public static let membership = Endpoint(
        "membership", .post, "/internal/organizations/membership", access: .service,
        readsOnly: true, summary: "Whether a user belongs to an organization")

    public static let all = [storeAccess, storeEntities, colleagues, membership]
}

/// Up to `maximum` pairs of user and entity, by user: most checks are about few users.
public struct StoreAccessQuery: Codable, Sendable {
    public static let maximum = 1_000

    public struct Subject: Codable, Sendable {
        public let userId: String
        public let entityIds: [String]

        public init(userId: String, entityIds: [String]) {
            self.userId = userId
            self.entityIds = entityIds
        }
    }

    public let subjects: [Subject]

    public init(subjects: [Subject]) { self.subjects = subjects }
}

/// For each subject, in their order, which of its entities a store opens: by their places in its
/// list, from 0, ascending.
public struct StoreAccessAnswer: Codable, Sendable {
    public struct Grants: Codable, Sendable {
        /// By the store of an organization that the user belongs to.
        public let organizationStore: [Int]
        /// By any organization's store, to everybody.
        public let publicStore: [Int]

        public init(organizationStore: [Int], publicStore: [Int]) {
            self.organizationStore = organizationStore
            self.publicStore = publicStore
        }
    }

    public let subjects: [Grants]

    public init(subjects: [Grants]) { self.subjects = subjects }
}

public struct StoreEntitiesQuery: Codable, Sendable {
    public let userId: String

    public init(userId: String) { self.userId = userId }
}

/// Each entity once in each list.
public struct StoreEntitiesAnswer: Codable, Sendable {
    public let organizationStore: [String]
    public let publicStore: [String]

    public init(organizationStore: [String], publicStore: [String]) {
        self.organizationStore = organizationStore
        self.publicStore = publicStore
    }
}

/// Up to `maximum` others.
public struct ColleaguesQuery: Codable, Sendable {
    public static let maximum = 1_000

    public let userId: String
    public let among: [String]

    public init(userId: String, among: [String]) {
        self.userId = userId
        self.among = among
    }
}

/// Those of the others who share an organization with the user.
public struct ColleaguesAnswer: Codable, Sendable {
    public let colleagues: [String]

    public init(colleagues: [String]) { self.colleagues = colleagues }
}

public struct MembershipQuery: Codable, Sendable {
    public let userId: String
    public let organizationId: String

    public init(userId: String, organizationId: String) {
        self.userId = userId
        self.organizationId = organizationId
    }
}

public struct MembershipAnswer: Codable, Sendable {
    /// Names this time of his in the organization, as `member.removed` will; null if he is no
    /// member.
    @OrNull public var membershipId: String?

    public init(membershipId: String?) { self.membershipId = membershipId }
}
