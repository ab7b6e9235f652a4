import InvitationsContract
import Journal
import Kernel
import SQLite

/// What became of events at a webhook, and sending them once more.
extension InvitationsUseCases {
    func listDeliveries(
        of webhookId: String, _ status: Delivery.Status?, _ page: PageRequest, by caller: Caller
    ) throws -> Page<Delivery> {
        try database.read { reader in
            let webhook = try Self.webhook(webhookId, of: caller, in: reader)
            return try DeliveryStore.page(of: webhook.id, status, page, in: reader)
        }
    }

    /// Tells one webhook of an event that says nothing.
    func testWebhook(_ id: String, by caller: Caller) -> Change<Delivery> {
        change(of: caller) { [self] tx in
            let webhook = try Self.webhook(id, of: caller, in: tx)
            // Whose place it is nobody has proved: it is not for sending many.
            if try DeliveryStore.isPending(about: webhook.id, at: webhook.id, in: tx) {
                throw Webhook.testPending
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
    ) -> Change<Delivery> {
        change(of: caller) { tx in
            let webhook = try Self.enabledWebhook(webhookId, of: caller, in: tx)
            guard let event = try EventStore.find(eventId, in: tx),
                let former = try DeliveryStore.find(event.number, at: webhook.id, in: tx)
            else { throw Fault.notFound }
            guard try former.status == .pending || WebhookStore.hasRoom(webhook.id, in: tx) else {
                throw Webhook.tooManyWaiting
            }
            let delivery = former.begunAgain()
            try DeliveryStore.update(delivery, in: tx)
            return delivery
        }
    }

    /// All that the webhook listens to and has not taken, the oldest first, as far as there is room
    /// for more deliveries that wait.
    /// - Returns: how many events.
    func redeliverAll(
        since: Timestamp, to webhookId: String, by caller: Caller
    ) -> Change<Int> {
        change(of: caller) { tx in
            let webhook = try Self.enabledWebhook(webhookId, of: caller, in: tx)
            return try DeliveryStore.beginAgain(
                webhook, since: since, notAt: try Self.siblings(of: webhook, in: tx), in: tx)
        }
    }

    private static func enabledWebhook(
        _ id: String, of caller: Caller, in db: some Queryable
    ) throws -> Webhook {
        let webhook = try webhook(id, of: caller, in: db)
        guard webhook.isEnabled else { throw Webhook.disabled }
        return webhook
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
