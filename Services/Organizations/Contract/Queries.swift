import Contract

/// What other services may ask about organizations, each in one call for many. Not reachable
/// through the gateway; every call carries a service identity.
public enum OrganizationQueries {
    /// `POST` `StoreAccessQuery` → `StoreAccessReply`.
    public static let storeAccess = Endpoint(
        "storeAccess", .post, "/internal/stores/access", access: .service, readsOnly: true,
        summary: "Which entities the stores open to users")

    /// `POST` `StoreEntitiesQuery` → `StoreEntitiesReply`.
    public static let storeEntities = Endpoint(
        "storeEntities", .post, "/internal/stores/entities", access: .service, readsOnly: true,
        summary: "Which entities the stores open to a user, and what has changed in public ones")

    /// `POST` `ColleaguesQuery` → `ColleaguesReply`.
    public static let colleagues = Endpoint(
        "colleagues", .post, "/internal/organizations/colleagues", access: .service,
        readsOnly: true, summary: "Who shares an organization with a user")

    /// `POST` `MembershipQuery` → `MembershipReply`.
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
public struct StoreAccessReply: Codable, Sendable {
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

/// Which state of the public stores is known.
public struct PublicMark: Codable, Sendable, Equatable {
    /// Of this database: another one counts its changes anew.
    public let epoch: String
    public let version: Int

    public init(epoch: String, version: Int) {
        self.epoch = epoch
        self.version = version
    }
}

public struct StoreEntitiesQuery: Codable, Sendable {
    public let userId: String
    /// What the caller knows of public stores already; absent: nothing.
    public let publicSince: PublicMark?

    public init(userId: String, publicSince: PublicMark? = nil) {
        self.userId = userId
        self.publicSince = publicSince
    }
}

/// What stores open to a user: all that those of their organizations do, and of what public stores
/// open to everybody the changes since the caller asked last, the oldest first. Each entity once
/// in each list.
public struct StoreEntitiesReply: Codable, Sendable, Equatable {
    /// How many changes are told at once.
    public static let maximumChanges = 1_000

    public let organizationStore: [String]
    /// What was known before is not of this database: the changes begin with nothing.
    public let startsOver: Bool
    /// In some public store now.
    public let shown: [String]
    /// In none any longer.
    public let hidden: [String]
    /// What is known with these changes.
    public let mark: PublicMark
    /// Whether there are no more.
    public let isComplete: Bool
    /// Of what `mark` says is public, that which is not: it is only in stores of organizations that
    /// are just being deleted.
    public let closing: [String]

    public init(
        organizationStore: [String], startsOver: Bool, shown: [String], hidden: [String],
        mark: PublicMark, isComplete: Bool, closing: [String]
    ) {
        self.organizationStore = organizationStore
        self.startsOver = startsOver
        self.shown = shown
        self.hidden = hidden
        self.mark = mark
        self.isComplete = isComplete
        self.closing = closing
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
    /// Names this time of his in the organization, as `member.removed` will; null if he is no
    /// member.
    @OrNull public var membershipId: String?

    public init(membershipId: String?) { self.membershipId = membershipId }
}
