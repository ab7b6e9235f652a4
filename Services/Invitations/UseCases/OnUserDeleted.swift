import Collaboration
import Contract
import GatewayContract
import Kernel
import PublicEvents
import SQLite
import Workspaces
import WriteKit

extension InvitationsContext {
    /// Revokes the user's pending invitations, then removes their collaborations, memberships,
    /// webhooks and events.
    func onUserDeleted(_ event: UserDeleted, in tx: Transaction) throws {
        try begin(UserRemoval(userId: event.userId, by: EventActor(event.actor)), in: tx)
    }

    /// The same for a user who keeps the account, and with it webhooks and events; invitations to
    /// their address are revoked, too. What they create and get from now on stays.
    func onUserOffboarded(_ event: UserOffboarded, in tx: Transaction) throws {
        let offboarding = UserRemoval.Offboarding(
            operationId: event.operationId, email: event.email)
        try begin(
            UserRemoval(userId: event.userId, by: event.actor, offboarding: offboarding), in: tx)
    }

    private func begin(_ removal: UserRemoval, in tx: Transaction) throws {
        try removal.begin(in: tx)
        var counts = OffboardingCounts()
        try invitations.revokePending(sentBy: removal, &counts, in: tx)
        _ = try removal.record(counts, isDone: false, in: tx)
        try jobs.begin(
            .user(
                .removeUser(
                    userId: removal.userId, admin: removal.admin,
                    offboarding: removal.offboarding)), in: tx)
    }

    func removeSome(
        of removal: UserRemoval, _ budget: inout RowBudget, in tx: Transaction
    ) throws -> Bool {
        var counts = OffboardingCounts()
        try invitations.removeSome(of: removal, &budget, &counts, in: tx)
        try workspaces.removeSome(of: removal, &budget, &counts, in: tx)
        if removal.isDeletion {
            try webhooks.removeSome(
                ofDeleted: removal.userId, by: removal.actor, &budget, in: tx)
        }
        return try removal.record(counts, isDone: !budget.isSpent, in: tx)
    }
}
