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

    /// Gives an event to another user as well, for whom it is one of their own.
    private func copy(_ event: PublicEvent, for userId: String, in tx: Transaction) throws {
        let copy = event.copied(ids.make("evt_"), for: userId)
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
            let owners = try event.owners.filter { try receives($0, in: tx) }
            guard let stored = try EventStore.add(event.owned(by: owners.first), in: tx) else {
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
            for other in owners.dropFirst() { try copy(stored, for: other, in: tx) }
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

    /// Whether an owner gets events: not those who were deleted.
    private func receives(_ owner: String, in tx: Transaction) throws -> Bool {
        try owner != silenced && !Tombstone.user.contains(owner, in: tx)
    }
}

extension PublicEvent {
    /// The scopes that have it.
    fileprivate var scopes: [FeedScope] {
        [.platform, owner.map { .own(userId: $0) }, organization.map { .organization($0) }]
            .compactMap(\.self).filter { $0.includes(self) }
    }
}
