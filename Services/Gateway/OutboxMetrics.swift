import Kernel
import Outbox
import SQLite
import ServiceKit

extension MetricsText {
    /// How many events wait for each target, and since when.
    mutating func outbox(of targets: [String], in database: Database, now: Timestamp) {
        let backlogs = targets.compactMap { target in
            (try? database.read { try OutboxStore.backlog(of: target, in: $0) }).map {
                (target, $0)
            }
        }
        family("latchkey_outbox_depth", "gauge", "Events that wait to be delivered.")
        for (target, backlog) in backlogs {
            sample("latchkey_outbox_depth", ["target": target], Double(backlog.count))
        }
        family("latchkey_outbox_age_seconds", "gauge", "Age of the oldest event that waits.")
        for (target, backlog) in backlogs {
            let age = backlog.oldest.map { now.milliseconds - $0.milliseconds } ?? 0
            sample("latchkey_outbox_age_seconds", ["target": target], Double(age) / 1000)
        }
    }
}
