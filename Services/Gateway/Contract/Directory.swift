import Contract

/// The gateway's internal directory: what the services may ask about users. Not reachable through
/// the public port; every call carries a service identity.
public enum DirectoryRoutes {
    /// `POST` `DirectoryQuery` → `DirectoryAnswer`.
    public static let lookUpUsers = Endpoint(
        "lookUpUsers", .post, "/internal/users/lookup", access: .service,
        readsOnly: true,
        summary: "Users by id, e-mail address or username, in one call")
}

/// Up to `maximum` names in all; those that nobody has are left out of the answer.
public struct DirectoryQuery: Codable, Sendable {
    public static let maximum = 1_000

    public var ids: [String]?
    public var emails: [String]?
    public var usernames: [String]?

    public init(ids: [String]? = nil, emails: [String]? = nil, usernames: [String]? = nil) {
        self.ids = ids
        self.emails = emails
        self.usernames = usernames
    }
}

/// Every user that matches, once.
public struct DirectoryAnswer: Codable, Sendable {
    public let users: [Person]

    public init(users: [Person]) { self.users = users }
}
