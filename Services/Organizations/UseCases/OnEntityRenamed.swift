import EntitiesContract
import Kernel
import SQLite
import WriteKit

extension OrganizationsUseCases {
    /// Stores show the new name.
    func onEntityRenamed(_ fact: EntityRenamed, in tx: Transaction) throws {
        guard try !Tombstone.entity.contains(fact.entityId, in: tx) else { return }
        try EntityNameStore.save(
            fact.name, of: fact.entityId, updatedAt: fact.updatedAt, in: tx)
    }
}
