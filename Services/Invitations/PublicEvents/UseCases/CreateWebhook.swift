import InvitationsContract
import Kernel
import SQLite
import Webhooks
import WriteKit

extension WebhooksUseCases {
    func createWebhook(
        _ draft: WebhookDraft, by caller: Caller
    ) -> PendingWrite<Void, (webhook: Webhook, secret: WebhookSecret)> {
        let id = ids.make("whk_")
        let secret = WebhookSecret.make(random)
        return write(
            by: caller, admit: { _ in },
            asking: { [targets, rights] in
                try await rights.require(draft.scope, for: caller)
                try await targets.check(draft.url, for: caller.userId, pointer: "/url")
            }
        ) { [self] tx, _, _ in
            guard try WebhookStore.all(of: caller.userId, in: tx).count < WebhookLimits.perUser
            else {
                throw Fault(WebhookProblems.tooMany)
            }
            let webhook = Webhook(
                id: id, ownerId: caller.userId, scope: draft.scope, url: draft.url,
                events: draft.events,
                isEnabled: draft.isEnabled, createdAt: tx.now)
            try WebhookStore.insert(webhook, secret: vault.seal(secret, of: id), in: tx)
            try audit.record(.created(webhook), by: caller, in: tx)
            return (webhook, secret)
        }
    }
}
