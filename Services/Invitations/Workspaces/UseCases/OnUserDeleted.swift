import Contract
import Kernel
import SQLite
import WriteKit

/// The part of a user's deletion or offboarding that is about workspaces. The user gets no events
/// of it: they are for the next owner.
extension WorkspacesUseCases {
    /// Transfers the user's workspaces to a successor (`Workspace.successor`) or deletes them,
    /// removes the user from the others and, at an offboarding, revokes the pending invitations to
    /// their address.
    package func removeSome(
        of removal: UserRemoval, _ budget: inout RowBudget, _ counts: inout OffboardingCounts,
        in tx: Transaction
    ) throws {
        let userId = removal.userId
        while !budget.isSpent, let member = try WorkspaceMemberStore.any(for: userId, in: tx) {
            budget.spend(1)
            try takeBack(member, for: removal, &budget, &counts, in: tx)
        }
        guard let offboarding = removal.offboarding else { return }
        let invitations = try WorkspaceInvitationStore.pending(
            to: offboarding.email, of: userId, limit: budget.left, in: tx)
        for invitation in invitations { try revoke(invitation, for: removal, &counts, in: tx) }
        budget.spend(invitations.count)
    }

    /// Before a user gets a place in a workspace: what an offboarding takes back of it is taken
    /// back first.
    func settleOffboarding(of userId: String, on workspaceId: String, in tx: Transaction) throws {
        try UserRemoval.settle(userId, on: workspaceId, in: tx) { removal, counts in
            let member = try WorkspaceMemberStore.find(
                userId, of: workspaceId, evenIfHidden: true, in: tx)
            if let member {
                var budget = RowBudget(jobRows)
                try takeBack(member, for: removal, &budget, &counts, in: tx)
            }
            guard let email = removal.offboarding?.email,
                let open = try WorkspaceInvitationStore.pending(
                    of: email, to: workspaceId, in: tx)
            else { return }
            try revoke(open, for: removal, &counts, in: tx)
        }
    }

    private func takeBack(
        _ member: WorkspaceMember, for removal: UserRemoval, _ budget: inout RowBudget,
        _ counts: inout OffboardingCounts, in tx: Transaction
    ) throws {
        let (userId, admin) = (removal.userId, removal.actor)
        let useCases = notNotifying(userId)
        guard var workspace = try WorkspaceStore.find(member.workspaceId, in: tx) else {
            throw Fault.unexpected("a member without a workspace")
        }
        counts.removed(.workspaceMemberships)
        if workspace.ownerId == userId {
            let members = try WorkspaceMemberStore.all(of: workspace.id, in: tx)
            let suspended = try SuspendedUsers.among(members.map(\.userId), in: tx)
            guard let successor = Workspace.successor(among: members, suspended: suspended) else {
                counts.removed(.workspaces)
                return try useCases.delete(workspace, by: admin, &budget, in: tx)
            }
            workspace = try useCases.transfer(workspace, to: successor, by: admin, in: tx)
            counts.passedOn(.workspaces)
        }
        let left = try WorkspaceMemberStore.find(
            userId, of: workspace.id, evenIfHidden: true, in: tx)
        guard let left else { throw Fault.unexpected("a membership that vanished") }
        try useCases.remove(left, from: workspace, by: admin, in: tx)
    }

    private func revoke(
        _ invitation: WorkspaceInvitation, for removal: UserRemoval,
        _ counts: inout OffboardingCounts, in tx: Transaction
    ) throws {
        guard let workspace = try WorkspaceStore.find(invitation.workspaceId, in: tx) else {
            throw Fault.unexpected("a pending invitation without a workspace")
        }
        try notNotifying(removal.userId).revoke(
            invitation, to: workspace, by: removal.actor, in: tx)
        counts.removed(.invitations)
    }

    private func notNotifying(_ userId: String) -> WorkspacesUseCases {
        var useCases = self
        useCases.silenced = userId
        return useCases
    }
}
