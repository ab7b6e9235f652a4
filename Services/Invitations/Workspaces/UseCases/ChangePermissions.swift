import Contract
import InvitationsContract
import Kernel
import SQLite
import WriteKit

extension WorkspacesUseCases {
    func changePermissions(
        of userId: String, in workspaceId: String, to permissions: WorkspacePermission,
        by caller: Caller
    ) -> PendingWrite<WorkspaceMember, WorkspaceMemberWithUser> {
        let admit = admission(of: caller, to: .changePermissions, in: workspaceId)
        return changeMember(
            userId, in: workspaceId, by: caller, of: admit, seeing: { access, _ in access }
        ) {
            [self] tx, access, former, user in
            guard former.permissions != permissions else {
                return WorkspaceMemberWithUser(member: former, user: user)
            }
            let member = try set(
                permissions, of: former, in: access.workspace, by: caller, tx)
            return WorkspaceMemberWithUser(member: member, user: user)
        }
    }

    /// Also revokes what the member has sent and can no longer give.
    func set(
        _ permissions: WorkspacePermission, of former: WorkspaceMember,
        in workspace: Workspace, by caller: Caller, _ tx: Transaction
    ) throws -> WorkspaceMember {
        var member = former
        member.permissions = permissions
        try WorkspaceMemberStore.update(member, in: tx)
        try record(changed: former, member, in: workspace, by: caller, in: tx)
        try revokeInvitations(of: member, exceeding: permissions, in: workspace, by: caller, tx)
        return member
    }
}
