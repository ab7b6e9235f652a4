import Journal
import Kernel
import SQLite

extension EntitiesUseCases {
    /// The publisher, and whether he is a new one.
    func addPublisher(
        _ userId: String, to entityId: String, by caller: Caller
    ) async throws -> Change<(ListedPublisher, isNew: Bool)> {
        // First: who may not add anybody shall not learn who exists.
        try await read(.managePublishers, on: entityId, by: caller) { _, _, _ in }
        let person = try await namedPerson(userId, by: caller)
        return try await change(.managePublishers, on: entityId, by: caller) {
            [audit, quotas] tx, entity in
            try Self.mustExist(userId, in: tx)
            let added = Publisher(
                entityId: entityId, userId: userId, addedBy: caller.userId, addedAt: tx.now)
            let former = try PublisherStore.find(userId, of: entityId, in: tx)
            if former == nil {
                try quotas.publishers.check(for: entityId, in: tx)
                try PublisherStore.insert(added, in: tx)
                try audit.record(.added(added), by: caller, in: tx)
            }
            let listed = ListedPublisher(
                publisher: former ?? added, user: person, isOwner: userId == entity.ownerId)
            return (listed, isNew: former == nil)
        }
    }
}
