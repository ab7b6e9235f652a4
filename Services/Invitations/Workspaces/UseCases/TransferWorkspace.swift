import InvitationsContract
import Kernel
import SQLite
import WriteKit

extension WorkspacesUseCases {
    /// To somebody who is in it. The former owner stays, with `write`.
    /// - Returns: the workspace as he sees it then.
    func transferWorkspace(
        _ id: String, to userId: String, by caller: Caller
    ) -> PendingWrite<WorkspaceAccess, WorkspaceAccess> {
        change(.transfer, in: id, by: caller) { [self] tx, seen in
            guard let heir = try WorkspaceMemberStore.find(userId, of: id, in: tx) else {
                throw Workspace.newOwnerIsNoMember
            }
            guard heir.permissions != .owner else { return seen }
            let workspace = try handOver(seen.workspace, to: heir, by: caller, in: tx)
            return WorkspaceAccess(workspace: workspace, permissions: .write)
        }
    }

    func handOver(
        _ workspace: Workspace, to heir: WorkspaceMember, by caller: Caller, in tx: Transaction
    ) throws -> Workspace {
        guard
            let owner = try WorkspaceMemberStore.find(
                workspace.ownerId, of: workspace.id, in: tx)
        else { throw Fault.unexpected("a workspace whose owner is not in it") }
        var changed = workspace
        changed.ownerId = heir.userId
        try audit.record(.handedOver(workspace, changed), by: caller, in: tx)
        // In this order: at no moment are there two owners.
        for (member, permissions) in [(owner, WorkspacePermission.write), (heir, .owner)] {
            var after = member
            after.permissions = permissions
            try WorkspaceMemberStore.update(after, in: tx)
            try audit.record(.changed(member, after), by: caller, in: tx)
            // Who had it and who has it now hear of both.
            for listener in [owner, heir] {
                try tell(
                    changed: member, after, in: workspace, to: listener.userId, in: tx)
            }
        }
        return changed
    }
}
