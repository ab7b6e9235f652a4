import Contract
import EntitiesContract
import Kernel
import SQLite
import WriteKit

extension EntitiesUseCases {
    /// Also deletes versions, publishers, shares and installations. The entity is hidden at once;
    /// if there are many rows, a background job deletes them.
    func deleteEntity(
        _ entityId: String, by caller: Caller
    ) async throws -> PendingWrite<AccessibleEntity, Void> {
        try await change(.delete, on: entityId, by: caller) { [self] tx, found in
            let entity = found.entity
            let job = EntitiesJob.deleteEntity(
                entityId: entityId, actor: EventActor(caller), audience: entity.audience)
            if try !jobs.begin(job, in: tx) { try EntityStore.hide(entityId, in: tx) }
            try audit.record(.deleted(entity), by: caller, in: tx)
            // Store publications, collaborators and invitations belong to other contexts.
            let event = EntityDeleted(entityId: entity.id, actor: EventActor(caller))
            try emit(EntityDeleted.type, event, in: tx)
        }
    }

    /// The entity's own row is deleted last: the others refer to it.
    func deleteSomeParts(
        of entityId: String, for audience: EventAudience, by caller: Caller,
        _ budget: inout RowBudget, in tx: Transaction
    ) throws -> Bool {
        let shares = try ShareStore.deleteSome(of: entityId, limit: budget.left, in: tx)
        for share in shares {
            try audit.record(.removed(share, for: audience), by: caller, in: tx)
        }
        budget.spend(shares.count)
        let publishers = try PublisherStore.deleteSome(
            from: entityId, limit: budget.left, in: tx)
        for publisher in publishers {
            try audit.record(.removed(publisher, for: audience), by: caller, in: tx)
        }
        budget.spend(publishers.count)
        budget.spend(try VersionStore.deleteSome(of: entityId, limit: budget.left, in: tx))
        budget.spend(
            try InstallationStore.deleteSome(from: entityId, limit: budget.left, in: tx))
        budget.spend(try StoreCopy.deleteSome(of: entityId, limit: budget.left, in: tx))
        guard !budget.isSpent else { return false }
        try EntityStore.delete(entityId, in: tx)
        return true
    }
}
