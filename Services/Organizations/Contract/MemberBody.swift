import Contract
import Kernel

/// A member of an organization.
public struct MemberBody: Codable, Sendable, Equatable {
    public let userId: String
    public let email: String
    public let displayName: String
    /// The name of the member's role.
    public let role: String
    public let roleId: String
    public let joinedAt: Timestamp

    public init(_ profile: UserProfile, role: String, roleId: String, joinedAt: Timestamp) {
        userId = profile.id
        email = profile.email
        displayName = profile.displayName
        self.role = role
        self.roleId = roleId
        self.joinedAt = joinedAt
    }
}

/// `POST /api/organizations/{id}/members`: exactly one of `userId` and `email`.
public struct NewMemberBody: Codable, Sendable {
    public let userId: String?
    public let email: String?
    /// A role's name or id; `member` if omitted.
    public let role: String?

    public init(userId: String? = nil, email: String? = nil, role: String? = nil) {
        self.userId = userId
        self.email = email
        self.role = role
    }
}

/// `PATCH /api/organizations/{id}/members/{userId}`
public struct MemberPatchBody: Codable, Sendable {
    /// A role's name or id.
    public let role: Patch<String>

    public init(role: Patch<String>) { self.role = role }
}

/// A role in an organization.
public struct RoleBody: Codable, Sendable, Equatable {
    public let id: String
    public let name: String
    public let builtIn: Bool
    /// `*` stands for all.
    public let scopes: [String]

    public init(id: String, name: String, builtIn: Bool, scopes: [String]) {
        self.id = id
        self.name = name
        self.builtIn = builtIn
        self.scopes = scopes
    }
}

/// `POST /api/organizations/{id}/roles`
public struct NewRoleBody: Codable, Sendable {
    public let name: String
    public let scopes: [String]

    public init(name: String, scopes: [String]) {
        self.name = name
        self.scopes = scopes
    }
}

/// `PATCH /api/organizations/{id}/roles/{roleId}`
public struct RolePatchBody: Codable, Sendable {
    public let name: Patch<String>
    public let scopes: Patch<[String]>

    public init(name: Patch<String> = .unchanged, scopes: Patch<[String]> = .unchanged) {
        self.name = name
        self.scopes = scopes
    }
}
