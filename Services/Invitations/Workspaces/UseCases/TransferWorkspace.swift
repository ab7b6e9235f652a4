import InvitationsContract
import Kernel
import SQLite
import WriteKit

extension WorkspacesUseCases {
    /// To another member. The former owner stays a member with `write`.
    /// - Returns: the workspace as the former owner sees it then.
    func transferWorkspace(
        _ id: String, to userId: String, by caller: Caller
    ) -> PendingWrite<WorkspaceAccess, WorkspaceAccess> {
        change(.transfer, in: id, by: caller) { [self] tx, access in
            guard let successor = try WorkspaceMemberStore.find(userId, of: id, in: tx) else {
                throw Workspace.newOwnerIsNoMember
            }
            guard successor.permissions != .owner else { return access }
            let workspace = try transfer(access.workspace, to: successor, by: caller, in: tx)
            return WorkspaceAccess(workspace: workspace, permissions: .write)
        }
    }

    func transfer(
        _ workspace: Workspace, to successor: WorkspaceMember, by caller: Caller, in tx: Transaction
    ) throws -> Workspace {
        guard
            let owner = try WorkspaceMemberStore.find(
                workspace.ownerId, of: workspace.id, evenIfHidden: true, in: tx)
        else { throw Fault.unexpected("a workspace whose owner isn't a member") }
        var changed = workspace
        changed.ownerId = successor.userId
        try audit.record(.transferred(workspace, changed), by: caller, in: tx)
        // In this order, so that there are never two owners.
        for (member, permissions) in [(owner, WorkspacePermission.write), (successor, .owner)] {
            var after = member
            after.permissions = permissions
            try WorkspaceMemberStore.update(after, in: tx)
            // Both owners receive both events.
            try record(
                changed: member, after, in: changed, alsoFor: owner.userId, by: caller, in: tx)
        }
        return changed
    }
}
