import Kernel
import SQLite
import WriteKit

/// Stores an event and its deliveries in the transaction of its cause.
package struct EventRecorder: Sendable {
    let ids: IDMinter
    let silenced: String?

    /// - Parameter silenced: a user who gets no events.
    package init(ids: IDMinter, silenced: String? = nil) {
        self.ids = ids
        self.silenced = silenced
    }

    /// - Parameters:
    ///   - subjectId: the entity or workspace; its events are delivered in order.
    ///   - owner: its owner at that moment, who receives the event.
    package func record(
        _ type: String, _ data: some Encodable, about subjectId: String, to owner: String,
        in tx: Transaction
    ) throws {
        guard owner != silenced else { return }
        let event = try EventStore.add(
            type, id: ids.make("evt_"), about: subjectId, for: owner,
            data: SortedJSON.text(data), in: tx)
        try DeliveryStore.fanOut(event, for: owner, in: tx)
    }
}
