import Kernel
import SQLite
import WriteKit

extension WebhooksUseCases {
    func updateWebhook(
        _ id: String, _ update: WebhookUpdate, by caller: Caller
    ) -> PendingWrite<Webhook, Webhook> {
        write(
            by: caller, admit: admission(of: caller, toWebhook: id),
            asking: { [targets, rights] former in
                if update.isEnabled == true {
                    try await rights.require(former.scope, for: caller)
                }
                guard let url = update.url else { return }
                try await targets.check(url, for: caller.userId, pointer: "/url")
            }
        ) { [self] tx, former, _ in
            let webhook = update.applied(to: former)
            guard webhook != former else { return former }
            try WebhookStore.update(webhook, in: tx)
            try WebhookStore.setNotice(false, of: id, in: tx)
            if !webhook.isEnabled {
                try DeliveryStore.giveUp(of: id, because: Self.disabledMeanwhile, in: tx)
            } else if webhook.url != former.url {
                // Another webhook with this URL sends these already.
                let siblings = try Self.siblings(of: webhook, in: tx)
                try DeliveryStore.giveUp(
                    of: id, alsoAt: siblings, because: Self.sentByAnother, in: tx)
                try DeliveryStore.hasten(to: id, in: tx)
            }
            try audit.record(.changed(former, webhook), by: caller, in: tx)
            return webhook
        }
    }

    static let disabledMeanwhile = "the webhook was disabled"
    private static let sentByAnother = "another of your webhooks with this URL receives it"

    /// The owner's other webhooks with the same URL.
    static func siblings(of webhook: Webhook, in db: some Queryable) throws -> [String] {
        try WebhookStore.all(of: webhook.ownerId, in: db)
            .filter { $0.id != webhook.id && $0.urlKey == webhook.urlKey }.map(\.id)
    }
}
