import Contract
import InvitationsContract
import Kernel
import WriteKit

/// Audit entries about webhooks, which concern no entity: only platform admins read them.
extension AuditEvent {
    static func created(_ webhook: Webhook) -> AuditEvent {
        AuditEvent("webhook.created", webhook.id, about: nil, after: webhook.snapshot)
    }

    static func changed(_ before: Webhook, _ after: Webhook) -> AuditEvent {
        AuditEvent(
            "webhook.changed", after.id, about: nil, before: before.snapshot,
            after: after.snapshot)
    }

    static func rotated(_ webhook: Webhook) -> AuditEvent {
        AuditEvent(
            "webhook.secret_rotated", webhook.id, about: nil, before: webhook.snapshot,
            after: webhook.snapshot)
    }

    static func deleted(_ webhook: Webhook) -> AuditEvent {
        AuditEvent("webhook.deleted", webhook.id, about: nil, before: webhook.snapshot)
    }
}

extension Webhook {
    fileprivate var snapshot: AuditEvent.Snapshot {
        [
            "url": .text(shownURL), "events": .list(events), "enabled": .bool(isEnabled),
            "disabledReason": .text(disabledReason?.rawValue),
        ]
    }
}
