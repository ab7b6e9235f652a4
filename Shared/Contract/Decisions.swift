/// Questions of the gateway's decision point (AuthZEN) to the context that owns what they are
/// about. Not reachable through the gateway; every call carries a service identity.
public enum DecisionQueries {
    /// `POST` `DecisionQuery` → `DecisionReply`.
    public static let decide = Endpoint(
        "decide", .post, "/internal/decisions", access: .service, readsOnly: true,
        summary: "Decide what users can do with things of this context")

    /// `POST` `SubjectQuery` → `SubjectReply`.
    public static let subjects = Endpoint(
        "searchSubjects", .post, "/internal/decisions/subjects", access: .service,
        readsOnly: true, summary: "List the users who can do something with a thing")

    /// `POST` `ResourceQuery` → `ResourceReply`.
    public static let resources = Endpoint(
        "searchResources", .post, "/internal/decisions/resources", access: .service,
        readsOnly: true, summary: "List the things with which a user can do something")

    /// Every route of a context that is asked.
    public static let all = [decide, subjects, resources]
}

/// A user as the gateway knows them: unknown and suspended users are never asked about.
public struct DecisionSubject: Codable, Sendable, Hashable {
    /// `usr_…`
    public let userId: String
    /// A platform admin.
    public let isAdmin: Bool

    public init(userId: String, isAdmin: Bool) {
        self.userId = userId
        self.isAdmin = isAdmin
    }
}

/// Up to `maximum` questions.
public struct DecisionQuery: Codable, Sendable {
    /// Of one request.
    public static let maximum = 1_000
    /// More than these are worth leaving the event loop for.
    public static let few = 100

    /// Can the user do this with that?
    public struct Item: Codable, Sendable, Hashable {
        /// The user.
        public let subject: DecisionSubject
        /// A name that the context's things know.
        public let action: String
        /// As requests name the thing.
        public let resourceId: String
        /// At least this, where access has levels.
        public let accessLevel: Int?

        public init(
            subject: DecisionSubject, action: String, resourceId: String, accessLevel: Int? = nil
        ) {
            self.subject = subject
            self.action = action
            self.resourceId = resourceId
            self.accessLevel = accessLevel
        }
    }

    /// In the order of the answers.
    public let items: [Item]

    public init(items: [Item]) { self.items = items }
}

/// The answer to one question.
public struct Decision: Codable, Sendable, Equatable {
    /// Whether the user can.
    public let isAllowed: Bool
    /// What allows it.
    public let via: String?
    /// Why it is denied, where that is not for lack of a grant.
    public let reason: String?

    public init(isAllowed: Bool, via: String? = nil, reason: String? = nil) {
        self.isAllowed = isAllowed
        self.via = via
        self.reason = reason
    }

    /// For lack of a grant.
    public static let denied = Decision(isAllowed: false)
    /// There is no such thing.
    public static let unknownResource = Decision(isAllowed: false, reason: "unknown_resource")
    /// The thing has no such action.
    public static let unknownAction = Decision(isAllowed: false, reason: "unknown_action")

    /// By this grant.
    public static func allowed(_ via: String) -> Decision { Decision(isAllowed: true, via: via) }
}

/// In the order of the questions.
public struct DecisionReply: Codable, Sendable {
    /// One for each question.
    public let items: [Decision]

    public init(items: [Decision]) { self.items = items }
}

/// Who can do this with that? In the order of their ids.
public struct SubjectQuery: Codable, Sendable {
    /// As in `DecisionQuery.Item`.
    public let action: String
    /// As in `DecisionQuery.Item`.
    public let resourceId: String
    /// As in `DecisionQuery.Item`.
    public let accessLevel: Int?
    /// The id after which the part begins; empty for the first.
    public let after: String
    /// From 1 to `DecisionQuery.maximum`.
    public let limit: Int

    public init(
        action: String, resourceId: String, accessLevel: Int?, after: String, limit: Int
    ) {
        self.action = action
        self.resourceId = resourceId
        self.accessLevel = accessLevel
        self.after = after
        self.limit = limit
    }
}

/// A part of the users.
public struct SubjectReply: Codable, Sendable {
    /// Ascending; can be fewer than requested, also where others follow.
    public let userIds: [String]
    /// Where the next part begins; nil after the last one.
    public let next: String?
    /// All users can, also those that are not listed.
    public let everyone: Bool
    /// All platform admins can, also those that are not listed.
    public let admins: Bool

    public init(
        userIds: [String], next: String? = nil, everyone: Bool = false, admins: Bool = false
    ) {
        self.userIds = userIds
        self.next = next
        self.everyone = everyone
        self.admins = admins
    }
}

/// With what can the user do this? Newest first.
public struct ResourceQuery: Codable, Sendable {
    /// The user.
    public let subject: DecisionSubject
    /// As in `DecisionQuery.Item`.
    public let action: String
    /// As in `DecisionQuery.Item`.
    public let accessLevel: Int?
    /// From 1.
    public let page: Int
    /// Things looked at.
    public let limit: Int

    public init(
        subject: DecisionSubject, action: String, accessLevel: Int?, page: Int, limit: Int
    ) {
        self.subject = subject
        self.action = action
        self.accessLevel = accessLevel
        self.page = page
        self.limit = limit
    }
}

/// A part of the things.
public struct ResourceReply: Codable, Sendable {
    /// Can be fewer than requested, also where others follow.
    public let ids: [String]
    /// Whether no part follows.
    public let isLast: Bool

    public init(ids: [String], isLast: Bool) {
        self.ids = ids
        self.isLast = isLast
    }
}
