import Kernel
import SQLite
import WriteKit

extension WorkspacesUseCases {
    /// A user was deleted: what he owned goes to who may write, else read, and has been in it for
    /// the longest; with nobody else in it, it goes. What he has sent leads nowhere.
    func drop(
        _ userId: String, by admin: Caller, _ budget: inout RowBudget, in tx: Transaction
    ) throws {
        while !budget.isSpent, let member = try WorkspaceMemberStore.any(for: userId, in: tx) {
            budget.spend(1)
            guard var workspace = try WorkspaceStore.find(member.workspaceId, in: tx) else {
                throw Fault.unexpected("a member of no workspace")
            }
            if workspace.ownerId == userId {
                let members = try WorkspaceMemberStore.all(of: workspace.id, in: tx)
                guard let heir = Workspace.successor(among: members) else {
                    try delete(workspace, by: admin, &budget, in: tx)
                    continue
                }
                workspace = try handOver(workspace, to: heir, by: admin, in: tx)
            }
            guard let member = try WorkspaceMemberStore.find(userId, of: workspace.id, in: tx)
            else { throw Fault.unexpected("a member who is none") }
            try remove(member, from: workspace, by: admin, in: tx)
        }
    }
}
