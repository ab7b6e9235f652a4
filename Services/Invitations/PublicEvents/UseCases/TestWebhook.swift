import InvitationsContract
import Kernel
import SQLite
import WriteKit

extension WebhooksUseCases {
    /// Sends a `webhook.test` event to one webhook.
    func testWebhook(_ id: String, by caller: Caller) -> PendingWrite<Webhook, Delivery> {
        change(webhook: id, of: caller) { [self] tx, webhook in
            // Nobody has proved that the receiver is theirs, so there is one test at a time.
            if try DeliveryStore.isPending(about: webhook.id, at: webhook.id, in: tx) {
                throw Fault(WebhookProblems.testPending)
            }
            let event = try EventStore.add(
                InvitationEvents.test, id: ids.make("evt_"), about: webhook.id,
                for: caller.userId, data: #"{"webhook_id":"\#(webhook.id)"}"#, in: tx)
            let delivery = Delivery(
                webhookId: webhook.id, eventNumber: event.number, eventId: event.id,
                type: event.type, subjectId: event.subjectId, status: .pending,
                nextAt: Delivery.now,
                createdAt: tx.now)
            try DeliveryStore.insert(delivery, in: tx)
            return delivery
        }
    }
}
