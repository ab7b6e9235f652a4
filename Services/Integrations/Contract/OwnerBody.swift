import Contract

/// `GET /api/integrations/{id}/owner`
public struct OwnerBody: Codable, Sendable, Equatable {
    /// A principal: `user:<username>` or `team:<teamId>`.
    public let id: String
    public let embedded: Embedded

    /// Exactly one is present.
    public struct Embedded: Codable, Sendable, Equatable {
        public let user: User?
        public let team: Team?

        enum CodingKeys: String, CodingKey {
            case user = "inf:user"
            case team = "inf:team"
        }
    }

    public struct User: Codable, Sendable, Equatable {
        public let username: String
        public let displayName: String
    }

    public struct Team: Codable, Sendable, Equatable {
        public let id: String
        public let name: String
    }

    public init(_ id: String, username: String, displayName: String) {
        self.id = id
        embedded = Embedded(
            user: User(username: username, displayName: displayName), team: nil)
    }

    public init(_ id: String, teamId: String, name: String) {
        self.id = id
        embedded = Embedded(user: nil, team: Team(id: teamId, name: name))
    }

    enum CodingKeys: String, CodingKey {
        case id
        case embedded = "_embedded"
    }
}

/// `PUT /api/integrations/{id}/owner`; exactly one must be present.
public struct NewOwnerBody: Codable, Sendable {
    /// A username.
    public let userId: String?
    public let teamId: String?

    public init(userId: String? = nil, teamId: String? = nil) {
        self.userId = userId
        self.teamId = teamId
    }
}
