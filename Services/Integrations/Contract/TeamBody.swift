import Contract
import Kernel

/// A team.
public struct TeamBody: Codable, Sendable, Equatable {
    /// The team's slug.
    public let id: String
    public let name: String
    public let memberCount: Int
    /// The platform's own id.
    @OrNull public var externalId: String?
    /// What manages its name and members.
    @OrNull public var managedBy: ManagedBy?
    public let createdAt: Timestamp
    public let links: Links

    public struct Links: Codable, Sendable, Equatable {
        public let `self`: HALLink
        public let members: HALLink

        init(id: String, below base: String) {
            self.`self` = HALLink("\(base)/api/teams/\(id)")
            members = HALLink("\(base)/api/teams/\(id)/members")
        }
    }

    /// - Parameter base: the prefix of every path in links.
    public init(
        id: String, name: String, memberCount: Int, externalId: String? = nil,
        managedBy: ManagedBy? = nil, createdAt: Timestamp, below base: String = ""
    ) {
        _managedBy = OrNull(wrappedValue: managedBy)
        self.id = id
        self.name = name
        self.memberCount = memberCount
        _externalId = OrNull(wrappedValue: externalId)
        self.createdAt = createdAt
        links = Links(id: id, below: base)
    }

    enum CodingKeys: String, CodingKey {
        case id, name, memberCount, externalId, managedBy, createdAt
        case links = "_links"
    }
}

/// `POST /api/teams`
public struct NewTeamBody: Codable, Sendable {
    public let name: String
    /// Derived from the name if absent.
    public let id: String?
    public let externalId: String?

    public init(name: String, id: String? = nil, externalId: String? = nil) {
        self.externalId = externalId
        self.name = name
        self.id = id
    }
}

/// `PATCH /api/teams/{id}`
public struct TeamPatchBody: Codable, Sendable {
    public let name: Patch<String>
    public let externalId: Patch<String>
    public let managedBy: Patch<ManagedBy>

    public init(
        name: Patch<String> = .unchanged, externalId: Patch<String> = .unchanged,
        managedBy: Patch<ManagedBy> = .unchanged
    ) {
        self.managedBy = managedBy
        self.name = name
        self.externalId = externalId
    }
}

/// A member of a team.
public struct TeamMemberBody: Codable, Sendable, Equatable {
    public let username: String
    public let displayName: String
    public let role: TeamRole

    public init(username: String, displayName: String, role: TeamRole) {
        self.username = username
        self.displayName = displayName
        self.role = role
    }
}

/// `PUT /api/teams/{id}/members/{username}`
public struct TeamRoleBody: Codable, Sendable {
    /// If absent, a new member becomes `member` and an existing one keeps their role.
    public let role: Patch<TeamRole>

    public init(role: Patch<TeamRole> = .unchanged) { self.role = role }
}
