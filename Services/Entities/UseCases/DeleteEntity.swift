import Contract
import EntitiesContract
import Kernel
import SQLite
import WriteKit

extension EntitiesUseCases {
    /// Takes versions, publishers, shares and installations along. It is gone at once; where these
    /// are many, their rows go in the background.
    func deleteEntity(
        _ entityId: String, by caller: Caller
    ) async throws -> PendingWrite<AccessibleEntity, Void> {
        try await change(.delete, on: entityId, by: caller) { [self] tx, found in
            let entity = found.entity
            let job = EntitiesJob.deleteEntity(entityId: entityId, actor: EventActor(caller))
            if try !jobs.begin(job, in: tx) { try EntityStore.hide(entityId, in: tx) }
            try audit.record(.deleted(entity), by: caller, in: tx)
            // Store publications and the like belong to other contexts.
            let fact = EntityDeleted(entityId: entity.id, actor: EventActor(caller))
            try tell(EntityDeleted.type, fact, in: tx)
        }
    }

    /// The entity's own row goes last: the others refer to it.
    func deleteSome(
        of entityId: String, by caller: Caller, _ budget: inout RowBudget, in tx: Transaction
    ) throws -> Bool {
        let shares = try ShareStore.deleteSome(of: entityId, limit: budget.left, in: tx)
        for share in shares { try audit.record(.removed(share), by: caller, in: tx) }
        budget.spend(shares.count)
        let publishers = try PublisherStore.deleteSome(
            from: entityId, limit: budget.left, in: tx)
        for publisher in publishers { try audit.record(.removed(publisher), by: caller, in: tx) }
        budget.spend(publishers.count)
        budget.spend(try VersionStore.deleteSome(of: entityId, limit: budget.left, in: tx))
        budget.spend(
            try InstallationStore.deleteSome(from: entityId, limit: budget.left, in: tx))
        guard !budget.isSpent else { return false }
        try EntityStore.delete(entityId, in: tx)
        return true
    }
}
