import Collaboration
import Contract
import Kernel
import PublicEvents
import SQLite
import Workspaces
import WriteKit

extension InvitationsContext {
    /// Revokes the user's pending invitations, then removes their collaborations, memberships,
    /// webhooks and events.
    func onUserDeleted(_ userId: String, by admin: Caller, in tx: Transaction) throws {
        try Tombstone.user.insert(userId, in: tx)
        try invitations.revokePending(ofDeleted: userId, by: admin, in: tx)
        try jobs.begin(.user(.removeUser(userId: userId, admin: EventActor(admin))), in: tx)
    }

    func removeSome(
        ofUser userId: String, by admin: Caller, _ budget: inout RowBudget, in tx: Transaction
    ) throws -> Bool {
        try invitations.removeSome(ofDeleted: userId, by: admin, &budget, in: tx)
        try workspaces.removeSome(ofDeleted: userId, by: admin, &budget, in: tx)
        try webhooks.removeSome(ofDeleted: userId, by: admin, &budget, in: tx)
        return !budget.isSpent
    }
}
