import Contract
import InvitationsContract
import Kernel
import SQLite
import WriteKit

extension WorkspacesUseCases {
    /// The owner can remove any other member; members can remove themselves.
    /// - Returns: the removed member with their former permissions.
    func removeSharedUser(
        _ userId: String, from workspaceId: String, by caller: Caller
    ) -> PendingWrite<WorkspaceMember, WorkspaceMemberWithUser> {
        guard userId != caller.userId else { return leave(workspaceId, by: caller) }
        let admit = admission(of: caller, to: .remove, in: workspaceId)
        return changeMember(
            userId, in: workspaceId, by: caller, of: admit, seeing: { access, _ in access }
        ) {
            [self] tx, access, member, user in
            try remove(member, from: access.workspace, by: caller, in: tx)
            try revokeInvitation(toAddressOf: user, in: access.workspace, by: caller, tx)
            return WorkspaceMemberWithUser(member: member, user: user)
        }
    }

    /// A repeated request of a member who has left gets its stored response, so being a member is
    /// no part of the admission. Others get 404 all the same.
    private func leave(
        _ workspaceId: String, by caller: Caller
    ) -> PendingWrite<WorkspaceMember, WorkspaceMemberWithUser> {
        changeMember(
            caller.userId, in: workspaceId, by: caller, of: { _ in },
            seeing: { _, db in try Self.admit(caller, to: .leave, in: workspaceId, db) }
        ) { [self] tx, access, member, user in
            try remove(member, from: access.workspace, by: caller, in: tx)
            return WorkspaceMemberWithUser(member: member, user: user)
        }
    }

    func remove(
        _ member: WorkspaceMember, from workspace: Workspace, by caller: Caller,
        in tx: Transaction
    ) throws {
        try WorkspaceMemberStore.delete(member, in: tx)
        try record(removed: member, from: workspace, by: caller, in: tx)
        try revokeInvitations(of: member, exceeding: nil, in: workspace, by: caller, tx)
    }

    /// A removed member must not come back by a pending invitation to their current address.
    private func revokeInvitation(
        toAddressOf user: UserProfile, in workspace: Workspace, by caller: Caller, _ tx: Transaction
    ) throws {
        let open = try WorkspaceInvitationStore.pending(of: user.email, to: workspace.id, in: tx)
        if let open { try revoke(open, to: workspace, by: caller, in: tx) }
    }
}
