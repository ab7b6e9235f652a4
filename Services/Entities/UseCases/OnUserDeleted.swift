import Contract
import Kernel
import SQLite
import WriteKit

extension EntitiesUseCases {
    /// A user was deleted: the entities they owned go to the longest-standing other publisher or,
    /// if there is none, to the admin who deleted the user. Their access and installations are
    /// deleted. Shares that they gave stay; the entity's owner becomes their creator and can
    /// revoke them.
    func onUserDeleted(
        _ userId: String, by admin: Caller, in tx: Transaction
    ) throws {
        try Tombstone.user.insert(userId, in: tx)
        try jobs.begin(.removeUser(userId: userId, admin: EventActor(admin)), in: tx)
    }

    /// In this order, so that shares they gave become the next owner's.
    func deleteSomeData(
        of userId: String, by admin: Caller, _ budget: inout RowBudget, in tx: Transaction
    ) throws -> Bool {
        for entity in try EntityStore.owned(by: userId, limit: budget.left, in: tx) {
            let oldest = try PublisherStore.oldest(of: entity.id, except: userId, in: tx)
            _ = try setOwner(of: entity, to: oldest ?? admin.userId, by: admin, in: tx)
            budget.spend(1)
        }
        let publishers = try PublisherStore.deleteSome(of: userId, limit: budget.left, in: tx)
        for publisher in publishers { try audit.record(.removed(publisher), by: admin, in: tx) }
        budget.spend(publishers.count)
        let shares = try ShareStore.deleteSome(with: userId, limit: budget.left, in: tx)
        for share in shares { try audit.record(.removed(share), by: admin, in: tx) }
        budget.spend(shares.count)
        let given = try ShareStore.passOn(givenBy: userId, limit: budget.left, in: tx)
        for share in given {
            try audit.record(.passedOn(share, from: userId), by: admin, in: tx)
        }
        budget.spend(given.count)
        budget.spend(
            try InstallationStore.deleteSome(of: userId, limit: budget.left, in: tx))
        return !budget.isSpent
    }
}
