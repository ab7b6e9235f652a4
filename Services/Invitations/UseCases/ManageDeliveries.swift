import InvitationsContract
import Kernel
import SQLite
import WriteKit

/// What became of events at a webhook, and sending them once more.
extension InvitationsUseCases {
    func listDeliveries(
        of webhookId: String, _ status: DeliveryStatus?, _ page: PageRequest, by caller: Caller
    ) throws -> Page<Delivery> {
        try database.read { reader in
            let webhook = try Self.webhook(webhookId, of: caller, in: reader)
            return try DeliveryStore.page(of: webhook.id, status, page, in: reader)
        }
    }

    /// Tells one webhook of an event that says nothing.
    func testWebhook(_ id: String, by caller: Caller) -> PendingWrite<Webhook, Delivery> {
        change(webhook: id, of: caller) { [self] tx, webhook in
            // Whose place it is nobody has proved: it is not for sending many.
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

    func redeliver(
        _ eventId: String, to webhookId: String, by caller: Caller
    ) -> PendingWrite<(Webhook, Delivery), Delivery> {
        let admit = admission(of: caller, toWebhook: webhookId)
        let find: Admission<(Webhook, Delivery)> = { db in
            let webhook = try admit(db)
            guard let event = try EventStore.find(eventId, in: db),
                let delivery = try DeliveryStore.find(event.number, at: webhook.id, in: db)
            else { throw Fault.notFound }
            return (webhook, delivery)
        }
        return PendingWrite(in: database, committed: wrote, admit: find) { tx, found in
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

    /// All that the webhook listens to and has not taken, the oldest first, as far as there is room
    /// for more deliveries that wait.
    /// - Returns: how many events.
    func redeliverAll(
        since: Timestamp, to webhookId: String, by caller: Caller
    ) -> PendingWrite<Webhook, Int> {
        change(webhook: webhookId, of: caller) { tx, webhook in
            guard webhook.isEnabled else { throw Fault(WebhookProblems.disabled) }
            return try DeliveryStore.beginAgain(
                webhook, since: since, notAt: try Self.siblings(of: webhook, in: tx), in: tx)
        }
    }

    /// The next events of the caller.
    /// - Returns: those, and whether there are more.
    func listEvents(
        after sequence: Int, limit: Int, by caller: Caller
    ) throws -> (events: [PublicEvent], hasMore: Bool) {
        let found = try database.read {
            try EventStore.list(
                for: caller.userId, after: sequence, limit: limit + 1, in: $0)
        }
        return (Array(found.prefix(limit)), found.count > limit)
    }
}
