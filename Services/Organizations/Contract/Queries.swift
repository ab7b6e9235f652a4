import Contract

/// What other services can query, each in one call for many subjects. Not reachable through the
/// gateway; every call carries a service identity.
public enum OrganizationQueries {
    /// `POST` `StoreAccessQuery` → `StoreAccessReply`.
    public static let storeAccess = Endpoint(
        "storeAccess", .post, "/internal/stores/access", access: .service, readsOnly: true,
        summary: "Find which entities users can access through stores")

    /// `POST` `StoreEntitiesQuery` → `StoreEntitiesReply`.
    public static let storeEntities = Endpoint(
        "storeEntities", .post, "/internal/stores/entities", access: .service, readsOnly: true,
        summary: "List the organizations whose stores a user sees, and changes in all stores")

    /// `POST` `ColleaguesQuery` → `ColleaguesReply`.
    public static let colleagues = Endpoint(
        "colleagues", .post, "/internal/organizations/colleagues", access: .service,
        readsOnly: true, summary: "Find who shares an organization with a user")

    /// `POST` `MembershipQuery` → `MembershipReply`.
    public static let membership = Endpoint(
        "membership", .post, "/internal/organizations/membership", access: .service,
        readsOnly: true, summary: "Find a user's membership in an organization")

    /// Of organizations.
    public static let externalIds = ExternalIDsQuery.endpoint(
        "organizationExternalIds", "/internal/organizations/external-ids",
        summary: "Find organizations by external ids")

    public static let all = [
        storeAccess, storeEntities, grants, people, colleagues, membership, externalIds,
    ]
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

/// For each subject, in order, the entities that a store gives access to: their indices in the
/// subject's list, ascending.
public struct StoreAccessReply: Codable, Sendable {
    public struct Grants: Codable, Sendable {
        /// Through the store of an organization that the user belongs to.
        public let organizationStore: [Int]
        /// Through any organization's public store.
        public let publicStore: [Int]

        public init(organizationStore: [Int], publicStore: [Int]) {
            self.organizationStore = organizationStore
            self.publicStore = publicStore
        }
    }

    public let subjects: [Grants]
    /// As of when, for who keeps the answer under a lease.
    public let mark: LeaseMark?

    public init(subjects: [Grants], mark: LeaseMark? = nil) {
        self.subjects = subjects
        self.mark = mark
    }
}

/// A version of what is in all stores.
public struct StoreMark: Codable, Sendable, Equatable {
    /// Identifies the database: another one counts its versions anew.
    public let epoch: String
    public let version: Int

    public init(epoch: String, version: Int) {
        self.epoch = epoch
        self.version = version
    }
}

public struct StoreEntitiesQuery: Codable, Sendable {
    public let userId: String
    /// The mark of the caller's copy; absent: there is none.
    public let since: StoreMark?

    public init(userId: String, since: StoreMark? = nil) {
        self.userId = userId
        self.since = since
    }
}

/// Whose stores a user sees, and what changed in all stores since a mark: for services that keep a
/// copy of what is in them. Everything is read at one moment; it is that of `mark` if `isComplete`.
public struct StoreEntitiesReply: Codable, Sendable, Equatable {
    /// Changes in one response.
    public static let maximumChanges = 1_000

    /// What a store has now.
    public struct Change: Codable, Sendable, Equatable {
        public let organizationId: String
        public let entityId: String
        /// Absent: the store doesn't have the entity any more.
        public let isPublic: Bool?

        public init(organizationId: String, entityId: String, isPublic: Bool?) {
            self.organizationId = organizationId
            self.entityId = entityId
            self.isPublic = isPublic
        }
    }

    /// The user's organizations.
    public let organizationIds: [String]
    /// `since` is of another database: the changes start from an empty state.
    public let startsOver: Bool
    /// Oldest first; each pair of organization and entity once.
    public let changes: [Change]
    /// The state after these changes.
    public let mark: StoreMark
    /// Whether these are all changes.
    public let isComplete: Bool
    /// Organizations that are being deleted: what their stores still have at `mark` doesn't count.
    public let closing: [String]

    public init(
        organizationIds: [String], startsOver: Bool, changes: [Change], mark: StoreMark,
        isComplete: Bool, closing: [String]
    ) {
        self.organizationIds = organizationIds
        self.startsOver = startsOver
        self.changes = changes
        self.mark = mark
        self.isComplete = isComplete
        self.closing = closing
    }
}

/// Up to `maximum` other users.
public struct ColleaguesQuery: Codable, Sendable {
    public static let maximum = 1_000

    public let userId: String
    public let among: [String]

    public init(userId: String, among: [String]) {
        self.userId = userId
        self.among = among
    }
}

/// The other users who share an organization with the user.
public struct ColleaguesReply: Codable, Sendable {
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

public struct MembershipReply: Codable, Sendable {
    /// The membership's id, which `member.removed` will name; null if the user isn't a member.
    @OrNull public var membershipId: String?
    /// Whether the user is an owner or admin; absent for others.
    public let isAdmin: Bool?

    public init(membershipId: String?, isAdmin: Bool = false) {
        _membershipId = OrNull(wrappedValue: membershipId)
        self.isAdmin = isAdmin ? true : nil
    }
}
