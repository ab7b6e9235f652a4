import Collaboration
import InvitationsContract
import PublicEvents
import ServiceKit
import Workspaces
import WriteKit

/// For how many days what only grows is kept; nil: forever.
public struct InvitationRetention: Sendable {
    public let events: Int?
    public let deliveries: Int?
    public let invitations: Int?

    /// - Parameter tombstones: days for which it is known what was deleted.
    init(_ settings: inout Settings, tombstones: Int?) {
        let name = "LATCHKEY_RETENTION_EVENTS"
        events = settings.retention(
            name, default: 0, atLeast: 30, "events stay in the feed, and can be sent again")
        // Longer than all retries of a delivery, and than its webhook is failing until disabled.
        deliveries = settings.retention(
            "LATCHKEY_RETENTION_DELIVERIES", default: WebhookLimits.keptDays, atLeast: 7,
            "it is known what became of an event at a webhook")
        invitations = settings.retention(
            "LATCHKEY_RETENTION_INVITATIONS", default: 0, atLeast: 30,
            "invitations that have ended are kept, from their expiry on")
        guard let events else { return }
        if deliveries.map({ $0 > events }) ?? true {
            settings.reject(name, "must be at least LATCHKEY_RETENTION_DELIVERIES")
        }
        // What an event in the feed names can arrive again from whoever read it.
        if let tombstones, tombstones < events {
            settings.reject(name, "must not be more than LATCHKEY_RETENTION_TOMBSTONES")
        }
    }

    /// Deliveries first: an event stays as long as it has one.
    var rules: [RetentionRule] {
        [
            WebhooksUseCases.deliveryRetention(days: deliveries),
            WebhooksUseCases.eventRetention(days: events),
            InvitationsUseCases.retention(days: invitations),
            WorkspacesUseCases.retention(days: invitations),
        ]
    }
}
