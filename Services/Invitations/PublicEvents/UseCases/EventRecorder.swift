import Contract
import Kernel
import SQLite
import WriteKit

/// Stores events of any context and their deliveries, in the transaction that takes them.
package struct EventRecorder: Sendable {
    let ids: IDMinter
    let silenced: String?

    /// - Parameter silenced: a user who gets no events.
    package init(ids: IDMinter, silenced: String? = nil) {
        self.ids = ids
        self.silenced = silenced
    }

    /// Takes the events of this context's own changes out of its outbox: they need no network.
    package func takeOwn(in tx: Transaction) throws {
        while true {
            let events = try EventOutbox.waiting(
                count: OutgoingEvents.maximum, bytes: OutgoingEvents.bytes, in: tx)
            guard let last = events.last else { return }
            _ = try store(events, in: tx)
            try EventOutbox.delete(through: last.position, in: tx)
        }
    }

    /// Gives the latest event to another user as well, for whom it is one of their own.
    package func copyLatest(for userId: String, in tx: Transaction) throws {
        guard userId != silenced, let latest = try EventStore.latest(in: tx) else { return }
        let copy = latest.copied(ids.make("evt_"), for: userId)
        guard let stored = try EventStore.add(copy, isPrivate: true, in: tx) else { return }
        let webhooks = try WebhookStore.listening(in: .own(userId: userId), tx)
        try deliver(stored, to: webhooks, in: tx)
    }

    /// Stores those that are new, in their order.
    /// - Returns: how many.
    func store(_ events: [OutgoingEvent], in tx: Transaction) throws -> Int {
        var listening: [FeedScope: [Webhook]] = [:]
        var count = 0
        for event in events {
            guard let stored = try EventStore.add(try disowned(event, in: tx), in: tx) else {
                continue
            }
            count += 1
            let webhooks = try stored.scopes.flatMap { scope in
                if let known = listening[scope] { return known }
                let found = try WebhookStore.listening(in: scope, tx)
                listening[scope] = found
                return found
            }
            try deliver(stored, to: webhooks, in: tx)
        }
        return count
    }

    private func deliver(
        _ event: PublicEvent, to webhooks: [Webhook], in tx: Transaction
    ) throws {
        for webhook in Webhook.subscribers(to: event.type, among: webhooks, by: \.urlKey) {
            try DeliveryStore.add(event, for: webhook.id, in: tx)
        }
    }

    /// Without an owner who was deleted, or who gets no events.
    private func disowned(
        _ event: OutgoingEvent, in tx: Transaction
    ) throws -> OutgoingEvent {
        guard let owner = event.owner,
            try owner == silenced || Tombstone.user.contains(owner, in: tx)
        else { return event }
        return event.owned(by: nil)
    }
}

extension PublicEvent {
    /// The scopes that have it.
    fileprivate var scopes: [FeedScope] {
        [.platform, owner.map { .own(userId: $0) }, organization.map { .organization($0) }]
            .compactMap(\.self).filter { $0.includes(self) }
    }
}
