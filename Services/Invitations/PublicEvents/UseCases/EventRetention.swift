import Kernel
import SQLite
import WriteKit

extension WebhooksUseCases {
    /// Deliveries, by the age of their events. To be applied before that of events.
    package static func deliveryRetention(days: Int?) -> RetentionRule {
        RetentionRule(
            "deliveries", days: days, oldest: { try DeliveryStore.oldestEvent(in: $0) }
        ) { time, limit, tx in
            let kept = try EventStore.first(storedSince: time, in: tx)
            return try DeliveryStore.purge(before: kept ?? .max, limit: limit, in: tx)
        }
    }

    /// Events, from the first on. Those that have deliveries stay with them.
    package static func eventRetention(days: Int?) -> RetentionRule {
        RetentionRule("events", days: days, oldest: { try EventStore.oldest(in: $0) }) {
            time, limit, tx in
            let kept = try EventStore.first(storedSince: time, in: tx) ?? .max
            let delivered = try DeliveryStore.firstEvent(in: tx) ?? .max
            let numbers = try EventStore.purge(
                before: min(kept, delivered), limit: limit, in: tx)
            if let last = numbers.max() {
                try RetentionStore.set(EventStore.retention, mark: last, in: tx)
            }
            return numbers.count
        }
    }
}
