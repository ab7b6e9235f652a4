import Contract
import Kernel

/// Users of the platform and the tokens with which they come (api.md §2).
public enum GatewayRoutes {
    public static let me = Endpoint("getMe", .get, "/api/me", summary: "The caller and his token")
    public static let createUser = Endpoint(
        "createUser", .post, "/api/users", scopes: ["users:admin"], summary: "Create a user")
    public static let listUsers = Endpoint(
        "listUsers", .get, "/api/users", scopes: ["users:admin"], summary: "List and search users")
    public static let getUser = Endpoint(
        "getUser", .get, "/api/users/{id}", scopes: ["users:admin"], summary: "One user")
    public static let updateUser = Endpoint(
        "updateUser", .patch, "/api/users/{id}", scopes: ["users:admin"], summary: "Change a user")
    public static let deleteUser = Endpoint(
        "deleteUser", .delete, "/api/users/{id}", scopes: ["users:admin"],
        summary: "Delete a user; every context drops or hands over what it holds of him")
    public static let createToken = Endpoint(
        "createToken", .post, "/api/tokens", scopes: ["tokens:write"],
        summary: "Create an API token; its secret is shown once")
    public static let listTokens = Endpoint(
        "listTokens", .get, "/api/tokens", summary: "The caller's tokens")
    public static let deleteToken = Endpoint(
        "deleteToken", .delete, "/api/tokens/{id}", scopes: ["tokens:write"],
        summary: "Revoke a token at once")

    public static let all = [
        me, createUser, listUsers, getUser, updateUser, deleteUser, createToken, listTokens,
        deleteToken,
    ]
}

public enum Role: String, Codable, Sendable, CaseIterable {
    case member
    /// May administer users; no special rights on what they own.
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

/// `UserBody` and what the token may do.
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

/// What is not mentioned stays; nothing can be cleared.
public struct UserPatchBody: Codable, Sendable {
    public let email: Patch<String>
    public let username: Patch<String>
    public let displayName: Patch<String>
    public let role: Patch<Role>
}
