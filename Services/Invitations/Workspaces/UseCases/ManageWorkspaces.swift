import InvitationsContract
import Kernel
import SQLite
import WriteKit

extension WorkspacesUseCases {
    /// The caller owns it.
    func createWorkspace(
        _ draft: WorkspaceDraft, by caller: Caller
    ) -> PendingWrite<Void, WorkspaceAccess> {
        // Any user can.
        let admit: Admission<Void> = { try Tombstone.check(caller, in: $0) }
        return PendingWrite(in: database, committed: wrote, admit: admit) { [self] tx, _ in
            try quotas.workspaces.check(for: caller.userId, in: tx)
            let workspace = Workspace(
                id: ids.makeUUID(), name: draft.name, ownerId: caller.userId, createdAt: tx.now)
            let owner = WorkspaceMember(
                workspaceId: workspace.id, userId: caller.userId, permissions: .owner,
                sharedAt: tx.now)
            try WorkspaceStore.insert(workspace, in: tx)
            try WorkspaceMemberStore.insert(owner, in: tx)
            try audit.record(.created(workspace), by: caller, in: tx)
            return WorkspaceAccess(workspace: workspace, permissions: .owner)
        }
    }

    /// Those that the caller is in, newest first.
    func listWorkspaces(_ page: PageRequest, by caller: Caller) throws -> Page<WorkspaceAccess> {
        try database.read { try WorkspaceStore.page(of: caller.userId, page, in: $0) }
    }

    func getWorkspace(_ id: String, by caller: Caller) throws -> WorkspaceAccess {
        try database.read { try Self.admit(caller, to: .see, in: id, $0) }
    }

    func updateWorkspace(
        _ id: String, _ wish: WorkspaceUpdate, by caller: Caller
    ) -> PendingWrite<WorkspaceAccess, WorkspaceAccess> {
        change(.rename, in: id, by: caller) { [audit] tx, former in
            var seen = former
            seen.workspace = wish.applied(to: former.workspace)
            guard seen != former else { return former }
            try WorkspaceStore.update(seen.workspace, in: tx)
            try audit.record(
                .renamed(former.workspace, seen.workspace), by: caller, in: tx)
            return seen
        }
    }

    func deleteWorkspace(_ id: String, by caller: Caller) -> PendingWrite<WorkspaceAccess, Void> {
        change(.delete, in: id, by: caller) { [self] tx, seen in
            var budget = RowBudget(jobRows)
            try delete(seen.workspace, by: caller, &budget, in: tx)
        }
    }

    /// Everybody is out, and nobody is invited any more: each of it is told and recorded.
    /// `WorkspaceLimits.people` bounds how many they are. Invitations that ended before may be any
    /// number: their rows go in the background.
    func delete(
        _ workspace: Workspace, by caller: Caller, _ budget: inout RowBudget, in tx: Transaction
    ) throws {
        let invitations = try WorkspaceInvitationStore.pending(to: workspace.id, in: tx)
        for invitation in invitations {
            try revoke(invitation, to: workspace, by: caller, in: tx)
        }
        let members = try WorkspaceMemberStore.all(of: workspace.id, in: tx)
        for member in members where member.permissions != .owner {
            try audit.record(.removed(member), by: caller, in: tx)
            try tell(removed: member, from: workspace, in: tx)
        }
        budget.spend(invitations.count + members.count)
        try WorkspaceStore.delete(workspace.id, in: tx)
        try audit.record(.deleted(workspace), by: caller, in: tx)
        try jobs.begin(.deleteWorkspace(workspaceId: workspace.id), &budget, in: tx)
    }
}
