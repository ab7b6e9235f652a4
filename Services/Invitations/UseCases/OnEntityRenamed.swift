import EntitiesContract
import Kernel
import SQLite

extension InvitationsUseCases {
    /// E-mails and pages show the new name. Entities without invitations aren't stored.
    /// - Returns: false if the event was applied before.
    func onEntityRenamed(_ event: EntityRenamed, eventId: String) async throws -> Bool {
        try await apply(eventId) { tx in
            try KnownEntityStore.rename(event.entityId, event.name, at: event.updatedAt, in: tx)
        }
    }
}
