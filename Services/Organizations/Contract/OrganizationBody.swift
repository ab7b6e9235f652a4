import Contract
import Kernel

/// An organization in its members' lists.
public struct OrganizationBody: Codable, Sendable, Equatable {
    public let id: String
    public let name: String
    public let slug: String
    public let createdAt: Timestamp
    public let memberCount: Int
    /// The platform's own id.
    @OrNull public var externalId: String?
    /// The name of the caller's role.
    public let role: String

    public init(
        id: String, name: String, slug: String, createdAt: Timestamp, memberCount: Int,
        externalId: String?, role: String
    ) {
        self.id = id
        self.name = name
        self.slug = slug
        self.createdAt = createdAt
        self.memberCount = memberCount
        self.externalId = externalId
        self.role = role
    }
}

/// `GET /api/organizations/{id}`
public struct OrganizationDetailsBody: Codable, Sendable, Equatable {
    public let id: String
    public let name: String
    public let slug: String
    public let createdAt: Timestamp
    public let memberCount: Int
    /// The platform's own id.
    @OrNull public var externalId: String?
    /// null if the caller is a platform admin and not a member.
    @OrNull public var role: String?
    /// The longest-standing, up to `OrganizationLimits.membersShown`.
    public let members: [MemberBody]
    public let roles: [RoleBody]
    public let storageConfig: StorageConfigBody
    /// Only for members.
    public let npmRegistryKey: String?

    public init(
        _ organization: OrganizationBody, role: String?, members: [MemberBody],
        roles: [RoleBody], storageConfig: StorageConfigBody, npmRegistryKey: String?
    ) {
        id = organization.id
        name = organization.name
        slug = organization.slug
        createdAt = organization.createdAt
        memberCount = organization.memberCount
        externalId = organization.externalId
        self.role = role
        self.members = members
        self.roles = roles
        self.storageConfig = storageConfig
        self.npmRegistryKey = npmRegistryKey
    }
}

/// `POST /api/organizations`
public struct NewOrganizationBody: Codable, Sendable {
    public let name: String
    public let slug: String?
    public let externalId: String?

    public init(name: String, slug: String? = nil, externalId: String? = nil) {
        self.name = name
        self.slug = slug
        self.externalId = externalId
    }
}

/// `PATCH /api/organizations/{id}`
public struct OrganizationPatchBody: Codable, Sendable {
    public let name: Patch<String>
    public let slug: Patch<String>
    public let externalId: Patch<String>

    public init(
        name: Patch<String> = .unchanged, slug: Patch<String> = .unchanged,
        externalId: Patch<String> = .unchanged
    ) {
        self.name = name
        self.slug = slug
        self.externalId = externalId
    }
}

/// `POST /api/organizations/{id}/npm-registry-key/rotate`
public struct NpmRegistryKeyBody: Codable, Sendable {
    /// Absent in the response to a repeated request.
    public let npmRegistryKey: String?

    public init(npmRegistryKey: String?) { self.npmRegistryKey = npmRegistryKey }
}
