import InvitationsContract
import Kernel
import SQLite
import WriteKit

extension WorkspacesUseCases {
    /// The caller owns it.
    func createWorkspace(
        _ draft: WorkspaceDraft, by caller: Caller
    ) -> PendingWrite<Void, WorkspaceAccess> {
        write(by: caller) { [self] tx in
            try quota.check(for: caller.userId, in: tx)
            try WorkspaceStore.externalIds.check(draft.externalId, by: caller, in: tx)
            let workspace = Workspace(
                id: ids.makeUUID(), name: draft.name, ownerId: caller.userId, createdAt: tx.now,
                externalId: draft.externalId)
            let owner = WorkspaceMember(
                workspaceId: workspace.id, userId: caller.userId, permissions: .owner,
                sharedAt: tx.now)
            try settleOffboarding(of: caller.userId, on: workspace.id, in: tx)
            try WorkspaceStore.insert(workspace, in: tx)
            try WorkspaceMemberStore.insert(owner, in: tx)
            try audit.record(.created(workspace), by: caller, in: tx)
            return WorkspaceAccess(workspace: workspace, permissions: .owner)
        }
    }
}
