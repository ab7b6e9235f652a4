import EntitiesContract
import Kernel
import SQLite
import WriteKit

extension OrganizationsUseCases {
    /// - Returns: false if the event was applied before, or is out of date.
    func onEntityRenamed(_ fact: EntityRenamed, eventId: String) async throws -> Bool {
        try await database.write { tx in
            guard try Inbox.claim(eventId, in: tx) else { return false }
            guard try !Tombstone.entity.contains(fact.entityId, in: tx) else { return false }
            return try EntityNameStore.save(
                fact.name, of: fact.entityId, updatedAt: fact.updatedAt, in: tx)
        }
    }
}
