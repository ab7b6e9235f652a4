import Contract
import Kernel

public enum Role: String, Codable, Sendable, CaseIterable {
    case member
    /// Manages users; no special rights to what they own.
    case admin
}

public struct UserBody: Codable, Sendable {
    public let id: String
    public let email: String
    public let username: String
    public let displayName: String
    public let role: Role
    public let createdAt: Timestamp

    public init(
        id: String, email: String, username: String, displayName: String, role: Role,
        createdAt: Timestamp
    ) {
        self.id = id
        self.email = email
        self.username = username
        self.displayName = displayName
        self.role = role
        self.createdAt = createdAt
    }
}

/// `UserBody` and what the token can do.
public struct MeBody: Codable, Sendable {
    public let id: String
    public let email: String
    public let username: String
    public let displayName: String
    public let role: Role
    public let createdAt: Timestamp
    public let scopes: [String]
    public let readOnly: Bool
    public let tokenId: String

    public init(user: UserBody, scopes: [String], readOnly: Bool, tokenId: String) {
        id = user.id
        email = user.email
        username = user.username
        displayName = user.displayName
        role = user.role
        createdAt = user.createdAt
        self.scopes = scopes
        self.readOnly = readOnly
        self.tokenId = tokenId
    }
}

public struct NewUserBody: Codable, Sendable {
    public let email: String
    public let username: String
    public let displayName: String
    public let role: Role?
}

/// Members that are left out keep their value; none can be null.
public struct UserPatchBody: Codable, Sendable {
    public let email: Patch<String>
    public let username: Patch<String>
    public let displayName: Patch<String>
    public let role: Patch<Role>
}
