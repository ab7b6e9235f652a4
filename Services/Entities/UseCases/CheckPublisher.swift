import SQLite

extension EntitiesUseCases {
    /// False also for entities that are hidden or don't exist. One synchronous primary-key lookup.
    func isPublisher(_ userId: String, of entityId: String) throws -> Bool {
        try database.read { try PublisherStore.contains(userId, of: entityId, in: $0) }
    }
}
