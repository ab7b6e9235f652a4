import Kernel
import SQLite
import WriteKit

extension EntitiesUseCases {
    /// - Returns: the publisher, and whether they were added now.
    func addPublisher(
        _ userId: String, to entityId: String, by caller: Caller
    ) async throws -> PendingWrite<AccessibleEntity, (PublisherWithUser, isNew: Bool)> {
        let admit = try await admission(of: caller, to: .managePublishers, on: entityId)
        // Only after admission: callers who can't add publishers must not learn which users exist.
        return write(
            by: caller, admit: admit,
            asking: { [self] _ in try await namedUser(userId, by: caller) }
        ) { [self] tx, found, profile in
            try Self.checkExists(userId, in: tx)
            try settleOffboarding(of: userId, on: entityId, in: tx)
            let added = Publisher(
                entityId: entityId, userId: userId, addedBy: caller.userId, addedAt: tx.now)
            let former = try PublisherStore.find(userId, of: entityId, in: tx)
            if former == nil {
                try quotas.publishers.check(for: entityId, in: tx)
                try PublisherStore.insert(added, in: tx)
                try audit.record(
                    .added(added, for: found.entity.audience), by: caller, in: tx)
            }
            let listed = PublisherWithUser(
                publisher: former ?? added, user: profile, isOwner: userId == found.entity.ownerId)
            return (listed, isNew: former == nil)
        }
    }
}
