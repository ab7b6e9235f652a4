import ServiceKit
import Synchronization

/// Counts the operations of bulk requests, which the metrics of requests count as one.
final class BulkMetrics: Sendable {
    private let counts = Mutex<[String: Int]>(["2xx": 0, "4xx": 0, "5xx": 0])

    func count(_ status: Int) {
        let kind = status < 400 ? "2xx" : status < 500 ? "4xx" : "5xx"
        counts.withLock { $0[kind, default: 0] += 1 }
    }

    /// `latchkey_scim_bulk_operations_total`.
    func writeMetrics(_ text: inout MetricsText) {
        let name = "latchkey_scim_bulk_operations_total"
        text.family(name, "counter", "Operations of SCIM's bulk requests, by their status.")
        for (status, count) in counts.withLock({ $0 }).sorted(by: { $0.key < $1.key }) {
            text.sample(name, ["status": status], Double(count))
        }
    }
}
