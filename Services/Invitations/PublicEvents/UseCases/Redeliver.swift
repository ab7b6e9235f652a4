import InvitationsContract
import Kernel
import SQLite
import WriteKit

extension WebhooksUseCases {
    func redeliver(
        _ eventId: String, to webhookId: String, by caller: Caller
    ) -> PendingWrite<Void, Delivery> {
        let admit = admission(of: caller, toWebhook: webhookId)
        let find: Admission<(Webhook, Delivery)> = { db in
            let webhook = try admit(db)
            guard let event = try EventStore.find(eventId, in: db),
                let delivery = try DeliveryStore.find(event.number, at: webhook.id, in: db)
            else { throw Fault.notFound }
            return (webhook, delivery)
        }
        return write(by: caller, admit: find) { tx, found in
            let (webhook, former) = found
            guard webhook.isEnabled else { throw Fault(WebhookProblems.disabled) }
            guard try former.status == .pending || WebhookStore.hasRoom(webhook.id, in: tx) else {
                throw Fault(WebhookProblems.tooManyDeliveries)
            }
            let delivery = former.restarted()
            try DeliveryStore.update(delivery, in: tx)
            return delivery
        }
    }

    /// Redelivers subscribed events that the webhook hasn't received, oldest first, until
    /// `WebhookLimits.waiting` deliveries are pending.
    /// - Returns: how many events.
    func redeliverAll(
        since: Timestamp, to webhookId: String, by caller: Caller
    ) -> PendingWrite<Webhook, Int> {
        change(webhook: webhookId, of: caller) { tx, webhook in
            guard webhook.isEnabled else { throw Fault(WebhookProblems.disabled) }
            return try DeliveryStore.restart(
                webhook, since: since, notAt: try Self.siblings(of: webhook, in: tx), in: tx)
        }
    }
}
