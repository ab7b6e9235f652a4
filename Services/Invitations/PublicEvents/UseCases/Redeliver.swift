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
            return (webhook, try Self.delivery(of: eventId, to: webhook, in: db).0)
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
    /// `WebhookLimits.waiting` deliveries are pending. They are looked for before the transaction,
    /// which then takes no longer than others.
    /// - Returns: how many events.
    func redeliverAll(
        _ missed: MissedEvents, to webhookId: String, by caller: Caller
    ) -> PendingWrite<Webhook, Int> {
        write(
            by: caller, admit: admission(of: caller, toWebhook: webhookId),
            asking: { [database] webhook in
                try await database.readAside { try Self.find(missed, at: webhook, in: $0) }
            }
        ) { tx, webhook, numbers in
            guard webhook.isEnabled else { throw Fault(WebhookProblems.disabled) }
            return try DeliveryStore.restart(numbers, at: webhook.id, in: tx)
        }
    }

    private static func find(
        _ missed: MissedEvents, at webhook: Webhook, in db: some Queryable
    ) throws -> [Int] {
        let others = try siblings(of: webhook, in: db)
        // Clocks of two hosts differ by less than that.
        let since = missed.since.adding(seconds: -60)
        guard var last = try EventStore.first(storedSince: since, in: db).map({ $0 - 1 }) else {
            return []
        }
        var found: [Int] = []
        while found.count < WebhookLimits.waiting {
            let numbers = try EventStore.numbers(in: webhook.scope, after: last, limit: window, db)
            guard let end = numbers.last else { break }
            let wanted = try numbers.filter { number in
                guard let event = try EventStore.find(number, in: db) else { return false }
                return webhook.scope.includes(event) && missed.include(event)
                    && webhook.subscribes(to: event.type)
            }
            found += try DeliveryStore.missed(wanted, at: webhook.id, notAt: others, in: db)
            last = end
        }
        return Array(found.prefix(WebhookLimits.waiting))
    }
}

/// Which events are to be redelivered.
struct MissedEvents: Sendable, Equatable {
    let since: Timestamp
    /// The end, exclusive; nil for now.
    var until: Timestamp?
    /// nil for all that the webhook subscribes to.
    var types: [EventPattern]?

    func include(_ event: PublicEvent) -> Bool {
        event.at >= since && until.map { event.at < $0 } != false
            && types.map { $0.contains { $0.matches(event.type) } } != false
    }
}
