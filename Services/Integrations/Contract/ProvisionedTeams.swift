import Contract
import Kernel

/// What the gateway asks for an identity provider, whose groups are teams (SCIM). Not reachable
/// through the gateway; every call carries a service identity, and commands the admin in whose name
/// the provider acts.
public enum ProvisioningRoutes {
    /// `POST` `ProvisionedTeamsQuery` → `ProvisionedTeamsReply`.
    public static let findTeams = Endpoint(
        "findProvisionedTeams", .post, "/internal/provisioning/teams/find", access: .service,
        readsOnly: true, summary: "List teams as a provider sees them")

    /// `POST` `ProvisionedTeamCommand` → `ProvisionedTeamReply`.
    public static let changeTeam = Endpoint(
        "changeProvisionedTeam", .post, "/internal/provisioning/teams/change", access: .service,
        summary: "Create, change or delete a team for a provider")

    public static let all = [findTeams, changeTeam]
}

/// A team as a provider sees it.
public struct ProvisionedTeam: Codable, Sendable, Equatable {
    /// Its slug.
    public let id: String
    /// In the order in which teams were made.
    public let number: Int
    public let name: String
    public let externalId: String?
    public let createdAt: Timestamp
    public let updatedAt: Timestamp
    /// Another one after each change, members included.
    public let version: Int
    /// Whether a provider manages it.
    public let isManaged: Bool
    /// Users, the longest-standing first; nil if they were not asked for.
    public let memberIds: [String]?

    public init(
        id: String, number: Int, name: String, externalId: String?, createdAt: Timestamp,
        updatedAt: Timestamp, version: Int, isManaged: Bool, memberIds: [String]?
    ) {
        self.isManaged = isManaged
        self.id = id
        self.number = number
        self.name = name
        self.externalId = externalId
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.version = version
        self.memberIds = memberIds
    }
}

/// Which teams, the oldest first.
public struct ProvisionedTeamsQuery: Codable, Sendable {
    /// Teams of one reply: without their members, and with them.
    public static let maximum = 10_000
    public static let maximumWithMembers = 20

    /// The first `limit` that meet this.
    public enum Which: Codable, Sendable, Equatable {
        case ids([String])
        /// In NFC.
        case externalId(String)
        /// Compared without case.
        case name(String)
        /// Those that the user is in.
        case member(String)
        /// Those after a number.
        case after(Int)
        /// Those from a place in the list of all on, which is 1 for the first.
        case from(Int)
    }

    public let which: Which
    public let limit: Int
    public let withMembers: Bool

    public init(_ which: Which, limit: Int, withMembers: Bool = false) {
        self.which = which
        self.limit = limit
        self.withMembers = withMembers
    }
}

/// The teams.
public struct ProvisionedTeamsReply: Codable, Sendable {
    public let teams: [ProvisionedTeam]
    /// Of all teams; of `from` alone.
    public let total: Int?

    public init(teams: [ProvisionedTeam], total: Int? = nil) {
        self.teams = teams
        self.total = total
    }
}

/// What a provider does with a team. Repeating a change does no harm.
public struct ProvisionedTeamCommand: Codable, Sendable {
    /// The most members that one command names.
    public static let maximumMembers = 10_000

    public enum Action: String, Codable, Sendable {
        case create
        case change
        case delete
    }

    /// The admin whose token the provider has.
    public let actor: EventActor
    public let action: Action
    /// nil for a new team.
    public let id: String?
    /// The version that the change is meant for; nil for any.
    public let version: Int?
    /// nil: as it is.
    public let name: String?
    /// What it becomes, if it changes.
    public let externalId: String?
    public let changesExternalId: Bool
    public let members: Members

    /// How the members change.
    public struct Members: Codable, Sendable, Equatable {
        /// Users who are members afterwards.
        public var added: [String]
        /// Users who aren't.
        public var removed: [String]
        /// Whether there are no others than those that are added.
        public var areAll: Bool

        public init(added: [String] = [], removed: [String] = [], areAll: Bool = false) {
            self.added = added
            self.removed = removed
            self.areAll = areAll
        }
    }

    public init(
        _ action: Action, id: String? = nil, by actor: EventActor, version: Int? = nil,
        name: String? = nil, externalId: Patch<String> = .unchanged, members: Members = Members()
    ) {
        self.action = action
        self.id = id
        self.actor = actor
        self.version = version
        self.name = name
        self.members = members
        // A patch reads null where it was written unchanged.
        switch externalId {
        case .unchanged: (self.externalId, changesExternalId) = (nil, false)
        case .null: (self.externalId, changesExternalId) = (nil, true)
        case .value(let id): (self.externalId, changesExternalId) = (id, true)
        }
    }
}

/// What became of a command.
public struct ProvisionedTeamReply: Codable, Sendable {
    public enum Refusal: String, Codable, Sendable {
        /// There is no such team.
        case notFound
        /// It has changed since.
        case otherVersion
        case externalIdTaken
        case ownsIntegrations
        case tooManyMembers
    }

    /// After the change, without its members; nil if it was refused or deleted.
    public let team: ProvisionedTeam?
    /// nil: it is done.
    public let refusal: Refusal?

    public init(_ team: ProvisionedTeam?) {
        self.team = team
        refusal = nil
    }

    public init(refusal: Refusal) {
        self.refusal = refusal
        team = nil
    }
}
