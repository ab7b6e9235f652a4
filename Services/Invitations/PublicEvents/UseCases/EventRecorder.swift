import Kernel
import SQLite
import WriteKit

/// Stores an event and its deliveries in the transaction of its cause.
package struct EventRecorder: Sendable {
    let ids: IDMinter

    package init(ids: IDMinter) { self.ids = ids }

    /// - Parameters:
    ///   - subjectId: the entity or workspace; its events are delivered in order.
    ///   - owner: its owner at that moment, who receives the event.
    package func record(
        _ type: String, _ data: some Encodable, about subjectId: String, to owner: String,
        in tx: Transaction
    ) throws {
        let event = try EventStore.add(
            type, id: ids.make("evt_"), about: subjectId, for: owner,
            data: SortedJSON.text(data), in: tx)
        try DeliveryStore.fanOut(event, for: owner, in: tx)
    }
}
