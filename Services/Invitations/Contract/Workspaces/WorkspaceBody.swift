import Contract
import Kernel

/// A workspace as one of its members sees it.
public struct WorkspaceBody: Codable, Sendable, Equatable {
    public let id: String
    public let name: String
    public let ownerId: String
    /// The platform's own id.
    @OrNull public var externalId: String?
    /// The caller's own.
    public let permissions: WorkspacePermission
    public let createdAt: Timestamp

    public init(
        id: String, name: String, ownerId: String, externalId: String?,
        permissions: WorkspacePermission,
        createdAt: Timestamp
    ) {
        self.id = id
        self.name = name
        self.ownerId = ownerId
        self.externalId = externalId
        self.permissions = permissions
        self.createdAt = createdAt
    }
}

/// `POST /api/v2/workspaces`
public struct NewWorkspaceBody: Codable, Sendable {
    public let name: String
    public let externalId: String?

    public init(name: String, externalId: String? = nil) {
        self.name = name
        self.externalId = externalId
    }
}

/// `PATCH /api/v2/workspaces/{workspaceId}`
public struct WorkspacePatchBody: Codable, Sendable {
    public let name: Patch<String>
    public let externalId: Patch<String>

    public init(
        name: Patch<String> = .unchanged, externalId: Patch<String> = .unchanged
    ) {
        self.name = name
        self.externalId = externalId
    }
}

/// `PUT /api/v2/workspaces/{workspaceId}/owner`
public struct WorkspaceOwnerBody: Codable, Sendable {
    public let userId: String

    public init(userId: String) { self.userId = userId }
}

/// A member of a workspace; its owner is one of them.
public struct SharedUserBody: Codable, Sendable, Equatable {
    public let userId: String
    public let email: String
    public let displayName: String
    public let permissions: WorkspacePermission
    public let sharedAt: Timestamp

    public init(_ profile: UserProfile, permissions: WorkspacePermission, sharedAt: Timestamp) {
        userId = profile.id
        email = profile.email
        displayName = profile.displayName
        self.permissions = permissions
        self.sharedAt = sharedAt
    }
}

/// `POST /api/v2/workspaces/{workspaceId}/sharedUsers/{userId}`
public struct SharedUserPermissionsBody: Codable, Sendable {
    public let permissions: String

    public init(permissions: String) { self.permissions = permissions }
}
