import Contract
import InvitationsContract
import Kernel
import WriteKit

/// Audit entries about webhooks, which concern no entity: only platform admins read them. The
/// events are for the webhook's owner.
extension AuditEvent {
    static func created(_ webhook: Webhook) -> AuditEvent {
        entry(.created, webhook, after: webhook.snapshot)
    }

    static func changed(_ before: Webhook, _ after: Webhook) -> AuditEvent {
        entry(.changed, after, before: before.snapshot, after: after.snapshot)
    }

    static func rotated(_ webhook: Webhook) -> AuditEvent {
        entry(.secretRotated, webhook, before: webhook.snapshot, after: webhook.snapshot)
    }

    static func deleted(_ webhook: Webhook) -> AuditEvent {
        entry(.deleted, webhook, before: webhook.snapshot)
    }

    private static func entry(
        _ change: WebhookChange, _ webhook: Webhook, before: Snapshot? = nil,
        after: Snapshot? = nil
    ) -> AuditEvent {
        AuditEvent(
            change, webhook.id, about: nil, for: EventAudience(owner: webhook.ownerId),
            before: before, after: after)
    }
}

extension Webhook {
    fileprivate var snapshot: AuditEvent.Snapshot {
        [
            "scope": .text(scope.word.rawValue), "organizationId": .text(scope.organizationId),
            "url": .text(shownURL), "events": .list(events), "enabled": .bool(isEnabled),
            "disabledReason": .text(disabledReason?.rawValue),
        ]
    }
}
