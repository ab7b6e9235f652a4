import Journal
import Kernel
import Outbox
import SQLite

/// What happens here because of what happened elsewhere, once for each event.
extension IntegrationsUseCases {
    /// A user was deleted: what he owns passes to the platform admin who deleted him, his shares
    /// and memberships go.
    /// - Returns: false if the event was applied before.
    func dropUser(_ userId: String, by admin: Caller, eventId: String) async throws -> Bool {
        try await database.write { [audit] tx in
            guard try Inbox.claim(eventId, in: tx) else { return false }
            try Gone.user.insert(userId, in: tx)
            let user = Principal.user(userId)
            // He is there: his own deletion, should it follow, is told after this one.
            for integration in try IntegrationStore.all(of: user, in: tx) {
                var changed = integration
                changed.owner = .user(admin.userId)
                changed.touch(tx.now)
                try IntegrationStore.update(changed, in: tx)
                try audit.record(.handedOver(integration, changed), by: admin, in: tx)
            }
            for share in try ShareStore.all(of: user, in: tx) {
                try ShareStore.delete(share, in: tx)
                try audit.record(.removed(share), by: admin, in: tx)
            }
            for member in try TeamMemberStore.all(of: userId, in: tx) {
                try TeamMemberStore.delete(member, in: tx)
                try audit.record(.removed(member), by: admin, in: tx)
            }
            return true
        }
    }
}
