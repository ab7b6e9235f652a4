import Contract
import Kernel

/// An integration.
public struct IntegrationBody: Codable, Sendable, Equatable {
    public let id: String
    public let slug: String
    public let name: String
    @OrNull public var description: String?
    /// The platform's own id.
    @OrNull public var externalId: String?
    /// A principal: `user:<username>` or `team:<teamId>`.
    public let ownerId: String
    public let createdAt: Timestamp
    public let updatedAt: Timestamp
    public let links: Links

    public struct Links: Codable, Sendable, Equatable {
        public let `self`: HALLink
        public let owner: HALLink
        public let shares: HALLink

        init(id: String, below base: String) {
            let path = "\(base)/api/integrations/\(id)"
            self.`self` = HALLink(path)
            owner = HALLink(path + "/owner")
            shares = HALLink(path + "/shares")
        }
    }

    /// - Parameter base: the prefix of every path in links.
    public init(
        id: String, slug: String, name: String, description: String?, externalId: String? = nil,
        ownerId: String, createdAt: Timestamp, updatedAt: Timestamp, below base: String = ""
    ) {
        self.id = id
        self.slug = slug
        self.name = name
        _description = OrNull(wrappedValue: description)
        _externalId = OrNull(wrappedValue: externalId)
        self.ownerId = ownerId
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        links = Links(id: id, below: base)
    }

    enum CodingKeys: String, CodingKey {
        case id, slug, name, description, externalId, ownerId, createdAt, updatedAt
        case links = "_links"
    }
}

/// `POST /api/integrations`
public struct NewIntegrationBody: Codable, Sendable {
    public let name: String
    public let slug: String?
    public let description: String?
    public let externalId: String?

    public init(
        name: String, slug: String? = nil, description: String? = nil, externalId: String? = nil
    ) {
        self.externalId = externalId
        self.name = name
        self.slug = slug
        self.description = description
    }
}

/// `PATCH /api/integrations/{id}`
public struct IntegrationPatchBody: Codable, Sendable {
    public let name: Patch<String>
    public let slug: Patch<String>
    /// null clears the description.
    public let description: Patch<String>
    /// null clears it.
    public let externalId: Patch<String>

    public init(
        name: Patch<String> = .unchanged, slug: Patch<String> = .unchanged,
        description: Patch<String> = .unchanged, externalId: Patch<String> = .unchanged
    ) {
        self.externalId = externalId
        self.name = name
        self.slug = slug
        self.description = description
    }
}

/// `GET /api/integrations/{id}/access`
public struct IntegrationAccessBody: Codable, Sendable, Equatable {
    public let accessLevel: Int
    /// The principal whose share gives the level, or `owner`, or `platform_admin`.
    public let via: String

    public init(accessLevel: Int, via: String) {
        self.accessLevel = accessLevel
        self.via = via
    }
}

/// `_links` of `GET /api/integrations`, from which a client reaches every resource of the context.
public struct IntegrationRootLinks: Codable, Sendable, Equatable {
    public let `self`: HALLink
    public let next: HALLink?
    public let prev: HALLink?
    public let search: HALLink
    public let find: HALLink
    public let findShare: HALLink
    public let access: HALLink
    public let teams: HALLink
    public let team: HALLink
    public let curies: [HALCurie]

    /// The links that are the same on every page.
    /// - Parameter base: the prefix of every path in links.
    public static func fixed(below base: String) -> [(relation: String, link: HALLink)] {
        fixed.map { ($0, .template(base + $1)) }
    }

    private static let fixed: [(relation: String, template: String)] = [
        ("search", "/api/integrations{?search,page,pageSize}"),
        (IntegrationRelations.find, "/api/integrations/{id}"),
        (IntegrationRelations.findShare, "/api/integrations/{id}/shares/{principalId}"),
        (IntegrationRelations.access, "/api/integrations/{id}/access"),
        (IntegrationRelations.teams, "/api/teams{?search,page,pageSize}"),
        (IntegrationRelations.team, "/api/teams/{id}"),
    ]

    public static func curies(below base: String) -> [HALCurie] {
        [HALCurie(IntegrationRelations.curie, "\(base)/docs/integrations?rel={rel}")]
    }

    enum CodingKeys: String, CodingKey {
        case `self`, next, prev, search
        case find = "inf:find"
        case findShare = "inf:find-share"
        case access = "inf:access"
        case teams = "inf:teams"
        case team = "inf:team"
        case curies
    }
}
