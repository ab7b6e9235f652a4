import Contract
import Kernel
import SQLite
import WriteKit

extension IntegrationsUseCases {
    /// Transfers a deleted user's integrations to the platform admin who deleted them, and removes
    /// their shares and memberships.
    func onUserDeleted(_ userId: String, by admin: Caller, in tx: Transaction) throws {
        try Tombstone.user.insert(userId, in: tx)
        try jobs.begin(.removeUser(userId: userId, admin: EventActor(admin)), in: tx)
    }

    func removeSome(
        ofUser userId: String, by admin: Caller, _ budget: inout RowBudget, in tx: Transaction
    ) throws -> Bool {
        let user = Principal.user(userId)
        // The admin exists: if they are deleted too, that event is applied after this one.
        for integration in try IntegrationStore.some(of: user, limit: budget.left, in: tx) {
            var changed = integration
            changed.owner = .user(admin.userId)
            changed.touch(tx.now)
            try IntegrationStore.update(changed, in: tx)
            try audit.record(.ownerChanged(integration, changed), by: admin, in: tx)
            budget.spend(1)
        }
        try removeShares(of: user, by: admin, &budget, in: tx)
        for member in try TeamMemberStore.some(of: userId, limit: budget.left, in: tx) {
            try TeamMemberStore.delete(member, in: tx)
            try audit.record(.removed(member), by: admin, in: tx)
            budget.spend(1)
        }
        return !budget.isSpent
    }

    /// Deletes shares of a principal.
    func removeShares(
        of principal: Principal, by caller: Caller, _ budget: inout RowBudget, in tx: Transaction
    ) throws {
        for share in try ShareStore.some(of: principal, limit: budget.left, in: tx) {
            try ShareStore.delete(share, in: tx)
            try audit.record(.removed(share), by: caller, in: tx)
            budget.spend(1)
        }
    }
}
