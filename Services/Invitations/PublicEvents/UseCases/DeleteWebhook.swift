import Kernel
import SQLite
import WriteKit

extension WebhooksUseCases {
    func deleteWebhook(_ id: String, by caller: Caller) -> PendingWrite<Webhook, Void> {
        change(webhook: id, of: caller) { [audit] tx, webhook in
            try WebhookStore.delete(id, in: tx)
            try audit.record(.deleted(webhook), by: caller, in: tx)
        }
    }
}
