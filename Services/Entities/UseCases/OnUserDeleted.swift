import Contract
import GatewayContract
import Kernel
import SQLite
import WriteKit

extension EntitiesUseCases {
    /// A user was deleted: the entities they owned go to the longest-standing other publisher or,
    /// if there is none, to the admin who deleted the user. Their access and installations are
    /// deleted. Shares that they gave stay; the entity's owner becomes their creator and can
    /// revoke them.
    func onUserDeleted(_ event: UserDeleted, in tx: Transaction) throws {
        try begin(UserRemoval(userId: event.userId, by: EventActor(event.actor)), in: tx)
    }

    /// The same for a user who keeps the account. What they do and get from now on stays.
    func onUserOffboarded(_ event: UserOffboarded, in tx: Transaction) throws {
        let offboarding = UserRemoval.Offboarding(
            operationId: event.operationId, email: event.email)
        try begin(
            UserRemoval(userId: event.userId, by: event.actor, offboarding: offboarding), in: tx)
    }

    private func begin(_ removal: UserRemoval, in tx: Transaction) throws {
        try removal.begin(in: tx)
        try jobs.begin(
            .removeUser(
                userId: removal.userId, admin: removal.admin, offboarding: removal.offboarding,
                lastGiven: try ShareStore.lastGiven(by: removal.userId, in: tx)), in: tx)
    }

    /// In this order, so that shares they gave become the next owner's.
    /// - Parameter lastGiven: the last share that they gave before.
    func removeSome(
        of removal: UserRemoval, lastGiven: String?, _ budget: inout RowBudget, in tx: Transaction
    ) throws -> Bool {
        let (userId, admin) = (removal.userId, removal.actor)
        var counts = OffboardingCounts()
        for entity in try EntityStore.owned(by: userId, limit: budget.left, in: tx) {
            try passOn(entity, from: removal, &counts, in: tx)
            budget.spend(1)
        }
        let publishers = try PublisherStore.deleteSome(of: userId, limit: budget.left, in: tx)
        try record(publishers, removedBy: admin, &counts, in: tx)
        budget.spend(publishers.count)
        let shares = try ShareStore.deleteSome(with: userId, limit: budget.left, in: tx)
        try record(shares, removedBy: admin, &counts, in: tx)
        budget.spend(shares.count)
        let given = try ShareStore.passOn(
            givenBy: userId, upTo: lastGiven, limit: budget.left, in: tx)
        for share in given {
            let audience = try EntityStore.audience(of: share.entityId, in: tx)
            try audit.record(
                .passedOn(share, from: userId, for: audience), by: admin, in: tx)
        }
        counts.passedOn(.shares, given.count)
        budget.spend(given.count)
        let installations = try InstallationStore.deleteSome(
            of: userId, limit: budget.left, in: tx)
        counts.removed(.installations, installations)
        budget.spend(installations)
        return try removal.record(counts, isDone: !budget.isSpent, in: tx)
    }

    /// Before a user gets something of an entity: what an offboarding takes back of it is taken
    /// back first.
    func settleOffboarding(of userId: String, on entityId: String, in tx: Transaction) throws {
        let pair = AccessQuery(entityId: entityId, userId: userId)
        try UserRemoval.settle(userId, on: entityId, in: tx) { removal, counts in
            if let entity = try EntityStore.find(entityId, in: tx), entity.ownerId == userId {
                try passOn(entity, from: removal, &counts, in: tx)
            }
            let publishers = try PublisherStore.delete(pair, in: tx)
            try record(publishers, removedBy: removal.actor, &counts, in: tx)
            let shares = try ShareStore.delete(with: pair, in: tx)
            try record(shares, removedBy: removal.actor, &counts, in: tx)
            if try InstallationStore.delete(pair, in: tx) { counts.removed(.installations) }
        }
    }

    private func passOn(
        _ entity: Entity, from removal: UserRemoval, _ counts: inout OffboardingCounts,
        in tx: Transaction
    ) throws {
        let oldest = try PublisherStore.oldest(of: entity.id, except: removal.userId, in: tx)
        _ = try setOwner(
            of: entity, to: oldest ?? removal.admin.userId, by: removal.actor, in: tx)
        counts.passedOn(.entities)
    }

    private func record(
        _ publishers: [Publisher], removedBy admin: Caller, _ counts: inout OffboardingCounts,
        in tx: Transaction
    ) throws {
        for publisher in publishers {
            let audience = try EntityStore.audience(of: publisher.entityId, in: tx)
            try audit.record(.removed(publisher, for: audience), by: admin, in: tx)
        }
        counts.removed(.publishers, publishers.count)
    }

    private func record(
        _ shares: [Share], removedBy admin: Caller, _ counts: inout OffboardingCounts,
        in tx: Transaction
    ) throws {
        for share in shares {
            let audience = try EntityStore.audience(of: share.entityId, in: tx)
            try audit.record(.removed(share, for: audience), by: admin, in: tx)
        }
        counts.removed(.shares, shares.count)
    }
}
