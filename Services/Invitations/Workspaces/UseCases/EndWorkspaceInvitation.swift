import InvitationsContract
import Inviting
import Kernel
import SQLite
import WriteKit

/// How invitations end. In every case a pending e-mail is canceled, an audit entry and an event are
/// written, and the invitation keeps the workspace's name of that moment.
extension WorkspacesUseCases {
    /// Accepted or rejected.
    func end(
        _ former: WorkspaceInvitation, as status: WorkspaceInvitationStatus, of invitee: Invitee,
        to workspace: Workspace, by caller: Caller, in tx: Transaction
    ) throws -> WorkspaceInvitation {
        var invitation = former
        invitation.answeredBy = invitee.userId
        invitation.answeredAt = tx.now
        return try end(invitation, as: status, after: former, to: workspace, by: caller, tx)
    }

    /// Revokes a pending one, or expires it if it is overdue.
    @discardableResult
    func revoke(
        _ former: WorkspaceInvitation, to workspace: Workspace, by caller: Caller,
        in tx: Transaction
    ) throws -> WorkspaceInvitation {
        guard former.isOpen(at: tx.now) else {
            return try expire(former, to: workspace, in: tx)
        }
        return try end(former, as: .revoked, after: former, to: workspace, by: caller, tx)
    }

    @discardableResult
    func expire(
        _ former: WorkspaceInvitation, to workspace: Workspace, in tx: Transaction
    ) throws -> WorkspaceInvitation {
        try end(former, as: .expired, after: former, to: workspace, by: nil, tx)
    }

    private func end(
        _ invitation: WorkspaceInvitation, as status: WorkspaceInvitationStatus,
        after former: WorkspaceInvitation, to workspace: Workspace, by caller: Caller?,
        _ tx: Transaction
    ) throws -> WorkspaceInvitation {
        var invitation = invitation
        invitation.status = status
        invitation.nameAtEnd = workspace.name
        try InvitationOutbox.cancelPending(&invitation, in: tx)
        try WorkspaceInvitationStore.update(invitation, in: tx)
        try record(
            .ended(former, invitation, in: workspace), of: invitation, to: workspace, by: caller,
            in: tx)
        return invitation
    }
}
