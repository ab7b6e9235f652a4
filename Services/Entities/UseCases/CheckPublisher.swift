import SQLite

extension EntitiesUseCases {
    /// False also for entities that are hidden or missing. One look-up, at once, on this thread.
    func isPublisher(_ userId: String, of entityId: String) throws -> Bool {
        try database.read { try PublisherStore.contains(userId, of: entityId, in: $0) }
    }
}
