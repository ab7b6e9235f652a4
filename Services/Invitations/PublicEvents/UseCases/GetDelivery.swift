import Kernel
import SQLite

extension WebhooksUseCases {
    /// The delivery of an event, with its latest attempt.
    func getDelivery(
        of eventId: String, to webhookId: String, by caller: Caller
    ) throws -> DeliveryDetails {
        try database.read { reader in
            let webhook = try Self.webhook(webhookId, of: caller, in: reader)
            let (delivery, event) = try Self.delivery(of: eventId, to: webhook, in: reader)
            return DeliveryDetails(
                delivery: delivery, event: event,
                attempt: try AttemptStore.find(of: delivery, in: reader))
        }
    }

    static func delivery(
        of eventId: String, to webhook: Webhook, in db: some Queryable
    ) throws -> (Delivery, PublicEvent) {
        guard let event = try EventStore.find(eventId, in: db),
            let delivery = try DeliveryStore.find(event.number, at: webhook.id, in: db)
        else { throw Fault.notFound }
        return (delivery, event)
    }
}
