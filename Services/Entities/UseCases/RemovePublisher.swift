import Journal
import Kernel

extension EntitiesUseCases {
    /// Any publisher may remove any other, and himself.
    func removePublisher(
        _ userId: String, from entityId: String, by caller: Caller
    ) async throws -> Change<Void> {
        try await change(.managePublishers, on: entityId, by: caller) { [audit] tx, entity in
            guard let publisher = try PublisherStore.find(userId, of: entityId, in: tx) else {
                throw Fault.notFound
            }
            try Publisher.checkRemoval(
                of: userId, ownerId: entity.ownerId,
                count: try PublisherStore.count(of: entityId, in: tx))
            try PublisherStore.delete(userId, of: entityId, in: tx)
            try audit.record(.removed(publisher), by: caller, in: tx)
        }
    }
}
