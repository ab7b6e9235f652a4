import Contract

/// The gateway's internal directory: looks up users for the services. Not reachable through the
/// public port; every call carries a service identity.
public enum DirectoryQueries {
    /// `POST` `DirectoryQuery` → `DirectoryReply`.
    public static let lookUpUsers = Endpoint(
        "lookUpUsers", .post, "/internal/users/lookup", access: .service,
        readsOnly: true,
        summary: "Look up users by id, e-mail address or username")

    /// `POST` `FindUsersQuery` → `FindUsersReply`: names chosen by a caller, who learns from
    /// the response which of them exist. Unknown names are counted for the caller.
    public static let findUsers = Endpoint(
        "findUsers", .post, "/internal/users/find", access: .service,
        summary: "Find users by names that a caller chose, within the caller's daily limit")

    /// `POST` `MatchUsersQuery` → `DirectoryReply`.
    public static let matchUsers = Endpoint(
        "matchUsers", .post, "/internal/users/match", access: .service, readsOnly: true,
        summary: "Find those of given users whose names contain a text")

    /// `POST` `ExistingUsersQuery` → `ExistingUsersReply`, which services keep under a lease.
    public static let findExisting = Endpoint(
        "findExistingUsers", .post, "/internal/users/existing", access: .service, readsOnly: true,
        summary: "Find which of the given ids belong to users")

    public static let all = [lookUpUsers, findUsers, matchUsers, findExisting]
}

/// Up to `maximum` names in all; unknown ones are left out of the reply.
public struct DirectoryQuery: Codable, Sendable {
    public static let maximum = 1_000

    public var ids: [String]?
    public var emails: [String]?
    public var usernames: [String]?
    /// Whether the reply says who of `ids` is a platform admin.
    public var asksForAdmins: Bool?

    public init(
        ids: [String]? = nil, emails: [String]? = nil, usernames: [String]? = nil,
        asksForAdmins: Bool? = nil
    ) {
        self.ids = ids
        self.emails = emails
        self.usernames = usernames
        self.asksForAdmins = asksForAdmins
    }
}

/// Up to `DirectoryQuery.maximum` users, and a part of an address, username or display name.
public struct MatchUsersQuery: Codable, Sendable {
    public let ids: [String]
    public let search: String

    public init(ids: [String], search: String) {
        self.ids = ids
        self.search = search
    }
}

/// Up to `DirectoryQuery.maximum` ids.
public struct ExistingUsersQuery: Codable, Sendable {
    public let ids: [String]

    public init(ids: [String]) { self.ids = ids }
}

/// Those of the ids that belong to users.
public struct ExistingUsersReply: Codable, Sendable {
    public let ids: [String]
    /// From before they were read.
    public let mark: LeaseMark

    public init(ids: [String], mark: LeaseMark) {
        self.ids = ids
        self.mark = mark
    }
}

/// Every user that matches, once.
public struct DirectoryReply: Codable, Sendable {
    public let users: [UserProfile]
    /// The ids of platform admins among the query's; absent if it didn't ask.
    public let admins: [String]?
    /// The languages of those users who have one, by id; absent if none has. Profiles don't have
    /// them, because other users see profiles.
    public let locales: [String: String]?

    public init(users: [UserProfile], admins: [String]? = nil) {
        self.users = users
        self.admins = admins
        let locales = users.compactMap { user in user.locale.map { (user.id, $0) } }
        self.locales = locales.isEmpty ? nil : Dictionary(locales) { first, _ in first }
    }

    /// The users with their languages.
    public var profiles: [UserProfile] {
        guard let locales else { return users }
        return users.map { user in
            var user = user
            user.locale = locales[user.id]
            return user
        }
    }
}

/// Names that a caller chose.
public struct FindUsersQuery: Codable, Sendable {
    /// The id of the user who learns from the reply which names exist.
    public let callerId: String
    public let names: DirectoryQuery

    public init(callerId: String, names: DirectoryQuery) {
        self.callerId = callerId
        self.names = names
    }
}

/// Every user that matches, once; or, beyond the caller's limit, when to try again.
public struct FindUsersReply: Codable, Sendable {
    public let users: [UserProfile]
    /// Seconds. When present, nothing was looked up.
    public let retryAfter: Int?

    public init(users: [UserProfile]) {
        self.users = users
        retryAfter = nil
    }

    public init(retryAfter: Int) {
        users = []
        self.retryAfter = retryAfter
    }
}
