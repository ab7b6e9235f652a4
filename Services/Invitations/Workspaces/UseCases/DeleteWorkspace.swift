import InvitationsContract
import Kernel
import SQLite
import WriteKit

/// Work of this part that can touch any number of rows. Names of cases and members are stored.
package enum WorkspacesJob: BackgroundJob, Equatable {
    /// The ended invitations to a deleted workspace.
    case deleteWorkspace(workspaceId: String)

    /// Queries that hide such workspaces name it.
    package var kind: String { "workspace.deleted" }
    package var subject: String {
        switch self {
        case .deleteWorkspace(let workspaceId): workspaceId
        }
    }
}

extension WorkspacesUseCases {
    func deleteWorkspace(_ id: String, by caller: Caller) -> PendingWrite<WorkspaceAccess, Void> {
        change(.delete, in: id, by: caller) { [self] tx, access in
            var budget = RowBudget(jobRows)
            try delete(access.workspace, by: caller, &budget, in: tx)
        }
    }

    /// Removes all members and pending invitations, with audit entries and events;
    /// `WorkspaceLimits.people` bounds their number. Rows of ended invitations, of which there can
    /// be any number, are deleted in the background.
    func delete(
        _ workspace: Workspace, by caller: Caller, _ budget: inout RowBudget, in tx: Transaction
    ) throws {
        let invitations = try WorkspaceInvitationStore.pending(to: workspace.id, in: tx)
        for invitation in invitations {
            try revoke(invitation, to: workspace, by: caller, in: tx)
        }
        let members = try WorkspaceMemberStore.all(of: workspace.id, in: tx)
        for member in members where member.permissions != .owner {
            try record(removed: member, from: workspace, by: caller, in: tx)
        }
        budget.spend(invitations.count + members.count)
        try WorkspaceStore.delete(workspace.id, in: tx)
        try audit.record(.deleted(workspace), by: caller, in: tx)
        try jobs.begin(.deleteWorkspace(workspaceId: workspace.id), &budget, in: tx)
    }

    private var jobs: Jobs<WorkspacesJob> {
        Jobs(rows: jobRows) { try Self.advance($0, &$1, in: $2) }
    }

    /// Does a part of a job.
    /// - Returns: whether all is done.
    package static func advance(
        _ job: WorkspacesJob, _ budget: inout RowBudget, in tx: Transaction
    ) throws -> Bool {
        switch job {
        case .deleteWorkspace(let workspaceId):
            budget.spend(
                try WorkspaceInvitationStore.deleteSome(
                    to: workspaceId, limit: budget.left, in: tx))
            return !budget.isSpent
        }
    }
}
