import InvitationsContract
import Kernel
import PublicEvents
import SQLite
import WriteKit

/// The audit entries of workspaces with their events, for the workspace's owner.
extension WorkspacesUseCases {
    /// - Parameter invitation: as it is after the change.
    func record(
        _ entry: AuditEvent, of invitation: WorkspaceInvitation, to workspace: Workspace,
        by caller: Caller?, in tx: Transaction
    ) throws {
        let data = WorkspaceInvitationEventData(
            invitationId: invitation.id, workspaceId: workspace.id,
            workspaceName: workspace.name, invitedEmail: invitation.email,
            permissions: invitation.permissions.rawValue, status: invitation.status.rawValue,
            invitedBy: invitation.invitedBy, expirationDate: invitation.expiresAt,
            userId: invitation.answeredBy)
        try audit.record(entry.saying(data), by: caller, in: tx)
    }

    func record(
        removed member: WorkspaceMember, from workspace: Workspace, by caller: Caller?,
        in tx: Transaction
    ) throws {
        let data = WorkspaceMemberEventData(
            workspaceId: workspace.id, workspaceName: workspace.name, userId: member.userId,
            formerPermissions: member.permissions.rawValue, permissions: nil)
        try audit.record(
            .removed(member, in: workspace).saying(data), by: caller, in: tx)
    }

    /// - Parameter formerOwner: receives the event as well when ownership is transferred.
    func record(
        changed former: WorkspaceMember, _ member: WorkspaceMember, in workspace: Workspace,
        alsoFor formerOwner: String? = nil, by caller: Caller?, in tx: Transaction
    ) throws {
        let data = WorkspaceMemberEventData(
            workspaceId: workspace.id, workspaceName: workspace.name, userId: member.userId,
            formerPermissions: former.permissions.rawValue,
            permissions: member.permissions.rawValue)
        let entry = AuditEvent.changed(former, member, in: workspace, alsoFor: formerOwner)
        try audit.record(entry.saying(data), by: caller, in: tx)
    }
}
