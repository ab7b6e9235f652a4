import Kernel

extension EntitiesUseCases {
    /// Any publisher may remove any other, and himself.
    func removePublisher(
        _ userId: String, from entityId: String, by caller: Caller
    ) async throws {
        try await write(.managePublishers, on: entityId, by: caller) { tx, entity in
            guard try PublisherStore.contains(userId, of: entityId, in: tx) else {
                throw Fault.notFound
            }
            try Publisher.checkRemoval(
                of: userId, ownerId: entity.ownerId,
                count: try PublisherStore.count(of: entityId, in: tx))
            try PublisherStore.delete(userId, of: entityId, in: tx)
        }
    }
}
