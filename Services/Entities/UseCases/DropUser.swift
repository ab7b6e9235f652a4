import Journal
import Kernel
import Outbox
import SQLite

extension EntitiesUseCases {
    /// A user was deleted: what he owned goes to its oldest other publisher, else to the admin who
    /// did it; what he had goes. Shares that he gave stay with those who got them, and become the
    /// owner's, who can take them back. Once for each event.
    /// - Returns: false if the event was applied before.
    @discardableResult
    func dropUser(
        _ userId: String, by admin: Caller, eventId: String
    ) async throws -> Bool {
        try await database.write { [self] tx in
            guard try Inbox.claim(eventId, in: tx) else { return false }
            for entity in try EntityStore.owned(by: userId, in: tx) {
                let oldest = try PublisherStore.oldest(of: entity.id, except: userId, in: tx)
                _ = try handOver(entity, to: oldest ?? admin.userId, by: admin, in: tx)
            }
            try Gone.user.insert(userId, in: tx)
            for publisher in try PublisherStore.deleteAll(of: userId, in: tx) {
                try audit.record(.removed(publisher), by: admin, in: tx)
            }
            for share in try ShareStore.deleteAll(with: userId, in: tx) {
                try audit.record(.removed(share), by: admin, in: tx)
            }
            for share in try ShareStore.passOn(givenBy: userId, in: tx) {
                try audit.record(.passedOn(share, from: userId), by: admin, in: tx)
            }
            try InstallationStore.deleteAll(of: userId, in: tx)
            return true
        }
    }
}
