import Contract
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
            let test = OutgoingEvent(
                id: ids.make("evt_"), type: InvitationEvents.test, at: tx.now,
                actorId: caller.userId, actingId: caller.isActedFor ? caller.actingId : nil,
                subject: AuditEntryBody.Subject(type: "webhook", id: webhook.id), parent: nil,
                owner: nil, organization: nil, data: #"{"webhook_id":"\#(webhook.id)"}"#)
            guard let event = try EventStore.add(test, isPrivate: true, in: tx) else {
                throw Fault.unexpected("an id that was there already")
            }
            let delivery = Delivery(
                webhookId: webhook.id, eventNumber: event.number, eventId: event.id,
                type: event.type, subjectId: event.line, status: .pending, nextAt: Delivery.now,
                createdAt: tx.now)
            try DeliveryStore.insert(delivery, in: tx)
            return delivery
        }
    }
}
