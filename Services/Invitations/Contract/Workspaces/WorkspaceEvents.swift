import Contract
import Kernel

/// Types of events for the owner of a workspace.
public enum WorkspaceEvents {
    public static let sent = "workspace.invitation_sent"
    public static let accepted = "workspace.invitation_accepted"
    public static let rejected = "workspace.invitation_rejected"
    public static let expired = "workspace.invitation_expired"
    public static let revoked = "workspace.invitation_revoked"
    public static let resent = "workspace.invitation_resent"
    public static let requested = "workspace.invitation_requested"
    public static let expirationChanged = "workspace.invitation_expiration_changed"
    public static let memberRemoved = "workspace.member_removed"
    public static let permissionsChanged = "workspace.permissions_changed"

    public static let all = [
        sent, accepted, rejected, expired, revoked, memberRemoved, permissionsChanged,
    ]
}

/// `data` of `workspace.invitation_…`
public struct WorkspaceInvitationEventData: Codable, Sendable, Equatable {
    public let invitationId: String
    public let workspaceId: String
    public let workspaceName: String
    public let invitedEmail: String
    public let permissions: String
    public let status: String
    public let invitedBy: String
    public let expirationDate: Timestamp
    /// The user who accepted or rejected it.
    public let userId: String?

    public init(
        invitationId: String, workspaceId: String, workspaceName: String, invitedEmail: String,
        permissions: String, status: String, invitedBy: String, expirationDate: Timestamp,
        userId: String?
    ) {
        self.invitationId = invitationId
        self.workspaceId = workspaceId
        self.workspaceName = workspaceName
        self.invitedEmail = invitedEmail
        self.permissions = permissions
        self.status = status
        self.invitedBy = invitedBy
        self.expirationDate = expirationDate
        self.userId = userId
    }

    enum CodingKeys: String, CodingKey {
        case invitationId = "invitation_id"
        case workspaceId = "workspace_id"
        case workspaceName = "workspace_name"
        case invitedEmail = "invited_email"
        case permissions, status
        case invitedBy = "invited_by"
        case expirationDate = "expiration_date"
        case userId = "user_id"
    }
}

/// `data` of `workspace.member_removed` and `workspace.permissions_changed`
public struct WorkspaceMemberEventData: Codable, Sendable, Equatable {
    public let workspaceId: String
    public let workspaceName: String
    public let userId: String
    public let formerPermissions: String
    /// Nil if the user was removed.
    public let permissions: String?

    public init(
        workspaceId: String, workspaceName: String, userId: String, formerPermissions: String,
        permissions: String?
    ) {
        self.workspaceId = workspaceId
        self.workspaceName = workspaceName
        self.userId = userId
        self.formerPermissions = formerPermissions
        self.permissions = permissions
    }

    enum CodingKeys: String, CodingKey {
        case workspaceId = "workspace_id"
        case workspaceName = "workspace_name"
        case userId = "user_id"
        case formerPermissions = "former_permissions"
        case permissions
    }
}

/// `workspace.invitation_…`
public typealias WorkspaceInvitationEventBody = TypedEventBody<WorkspaceInvitationEventData>

/// `workspace.member_removed` and `workspace.permissions_changed`
public typealias WorkspaceMemberEventBody = TypedEventBody<WorkspaceMemberEventData>
