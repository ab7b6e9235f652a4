import Contract
import Kernel
import SQLite
import WriteKit

extension OrganizationsUseCases {
    /// Removes the entity from all stores.
    func onEntityDeleted(_ entityId: String, by actor: Caller, in tx: Transaction) throws {
        try Tombstone.entity.insert(entityId, in: tx)
        try jobs.begin(
            .removeEntity(entityId: entityId, actor: EventActor(actor)), in: tx)
    }

    func removePublications(
        of entityId: String, by actor: Caller, _ budget: inout RowBudget, in tx: Transaction
    ) throws -> Bool {
        let publications = try PublicationStore.some(
            of: entityId, limit: budget.left, in: tx)
        for publication in publications {
            try PublicationStore.delete(publication.id, in: tx)
            try audit.record(.removed(publication), by: actor, in: tx)
        }
        budget.spend(publications.count)
        guard !budget.isSpent else { return false }
        try EntityNameStore.delete(entityId, in: tx)
        return true
    }
}
