import Kernel
import SQLite
import WriteKit

extension WorkspacesUseCases {
    /// Transfers the user's workspaces to a successor (`Workspace.successor`) or deletes them, and
    /// removes the user from the others.
    package func removeSome(
        ofDeleted userId: String, by admin: Caller, _ budget: inout RowBudget, in tx: Transaction
    ) throws {
        while !budget.isSpent, let member = try WorkspaceMemberStore.any(for: userId, in: tx) {
            budget.spend(1)
            guard var workspace = try WorkspaceStore.find(member.workspaceId, in: tx) else {
                throw Fault.unexpected("a member without a workspace")
            }
            if workspace.ownerId == userId {
                let members = try WorkspaceMemberStore.all(of: workspace.id, in: tx)
                guard let successor = Workspace.successor(among: members) else {
                    try delete(workspace, by: admin, &budget, in: tx)
                    continue
                }
                workspace = try transfer(workspace, to: successor, by: admin, in: tx)
            }
            guard let member = try WorkspaceMemberStore.find(userId, of: workspace.id, in: tx)
            else { throw Fault.unexpected("a membership that vanished") }
            try remove(member, from: workspace, by: admin, in: tx)
        }
    }
}
