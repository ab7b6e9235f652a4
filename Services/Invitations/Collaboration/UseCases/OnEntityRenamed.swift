import EntitiesContract
import Kernel
import SQLite

extension InvitationsUseCases {
    /// E-mails and pages show the new name. Entities without invitations aren't stored.
    package func onEntityRenamed(_ event: EntityRenamed, in tx: Transaction) throws {
        try KnownEntityStore.rename(event.entityId, event.name, at: event.updatedAt, in: tx)
    }
}
