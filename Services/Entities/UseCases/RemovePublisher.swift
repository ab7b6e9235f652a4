import Kernel
import WriteKit

extension EntitiesUseCases {
    /// Any publisher can remove any other, and themselves.
    func removePublisher(
        _ userId: String, from entityId: String, by caller: Caller
    ) async throws -> PendingWrite<Void, Void> {
        let admit = try await admission(of: caller, to: .managePublishers, on: entityId)
        let find: Admission<(Entity, Publisher)> = { db in
            let entity = try admit(db).entity
            guard let publisher = try PublisherStore.find(userId, of: entityId, in: db) else {
                throw Fault.notFound
            }
            return (entity, publisher)
        }
        return write(by: caller, admit: find) { [audit] tx, found in
            let (entity, publisher) = found
            try Publisher.checkRemoval(
                of: userId, ownerId: entity.ownerId,
                count: try PublisherStore.count(of: entityId, in: tx))
            try PublisherStore.delete(userId, of: entityId, in: tx)
            try audit.record(.removed(publisher, for: entity.audience), by: caller, in: tx)
        }
    }
}
