import InvitationsContract
import Kernel
import PublicEvents
import SQLite

/// The events of a workspace, for its owner.
extension WorkspacesUseCases {
    func emit(
        _ invitation: WorkspaceInvitation, to workspace: Workspace, in tx: Transaction
    ) throws {
        let type =
            switch invitation.status {
            case .pending: WorkspaceEvents.sent
            case .accepted: WorkspaceEvents.accepted
            case .rejected: WorkspaceEvents.rejected
            case .expired: WorkspaceEvents.expired
            case .revoked: WorkspaceEvents.revoked
            }
        let data = WorkspaceInvitationEventData(
            invitationId: invitation.id, workspaceId: workspace.id,
            workspaceName: workspace.name, invitedEmail: invitation.email,
            permissions: invitation.permissions.rawValue, status: invitation.status.rawValue,
            invitedBy: invitation.invitedBy, expirationDate: invitation.expiresAt,
            userId: invitation.answeredBy)
        try recorder.record(type, data, about: workspace.id, to: workspace.ownerId, in: tx)
    }

    func emit(
        removed member: WorkspaceMember, from workspace: Workspace, in tx: Transaction
    ) throws {
        let data = WorkspaceMemberEventData(
            workspaceId: workspace.id, workspaceName: workspace.name, userId: member.userId,
            formerPermissions: member.permissions.rawValue, permissions: nil)
        try recorder.record(
            WorkspaceEvents.memberRemoved, data, about: workspace.id, to: workspace.ownerId,
            in: tx)
    }

    /// - Parameter owner: the recipient; both owners when ownership is transferred.
    func emit(
        changed former: WorkspaceMember, _ member: WorkspaceMember, in workspace: Workspace,
        to owner: String, in tx: Transaction
    ) throws {
        let data = WorkspaceMemberEventData(
            workspaceId: workspace.id, workspaceName: workspace.name, userId: member.userId,
            formerPermissions: former.permissions.rawValue,
            permissions: member.permissions.rawValue)
        try recorder.record(
            WorkspaceEvents.permissionsChanged, data, about: workspace.id, to: owner, in: tx)
    }
}
