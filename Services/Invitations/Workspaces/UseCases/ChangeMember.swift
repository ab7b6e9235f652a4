import Contract
import InvitationsContract
import Kernel
import SQLite
import WriteKit

extension WorkspacesUseCases {
    /// A change of a member who isn't the owner. Their membership is no part of the admission, so
    /// that a repeated request that removed them gets its stored response.
    func changeMember<Admitted: Sendable>(
        _ userId: String, in workspaceId: String, by caller: Caller,
        of admit: @escaping Admission<Admitted>,
        seeing see: @escaping @Sendable (Admitted, any Queryable) throws -> WorkspaceAccess,
        _ effect:
            @escaping @Sendable (
                Transaction, WorkspaceAccess, WorkspaceMember, UserProfile
            ) throws -> WorkspaceMemberWithUser
    ) -> PendingWrite<WorkspaceMember, WorkspaceMemberWithUser> {
        let find = { @Sendable (admitted: Admitted, db: any Queryable) in
            let access = try see(admitted, db)
            guard let member = try WorkspaceMemberStore.find(userId, of: workspaceId, in: db)
            else { throw Fault.notFound }
            return (access: access, member: member)
        }
        return write(
            by: caller, admit: admit,
            asking: { [self] _, _ in try await profile(userId) },
            showing: { tx, admitted, _ in try find(admitted, tx).member }
        ) { tx, admitted, user in
            let (access, member) = try find(admitted, tx)
            guard member.permissions != .owner else { throw Fault(WorkspaceProblems.ownerIsFixed) }
            return try effect(tx, access, member, user)
        }
    }

    /// Revokes the pending invitations that give more than their inviter now has.
    func revokeInvitations(
        of inviter: WorkspaceMember, exceeding permissions: WorkspacePermission?,
        in workspace: Workspace, by caller: Caller, _ tx: Transaction
    ) throws {
        let sent = try WorkspaceInvitationStore.pending(
            to: workspace.id, by: inviter.userId, in: tx)
        for invitation in sent
        where !WorkspacePolicy.canGive(invitation.permissions, having: permissions) {
            try revoke(invitation, to: workspace, by: caller, in: tx)
        }
    }
}
