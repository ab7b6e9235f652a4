import EventLoop
import Kernel
import SQLite
import Synchronization
import WriteKit

/// Deletes what is older than it is kept, a slice in each transaction, at the pace of jobs
/// (`JobPace`): no write waits for it noticeably.
public final class Retention: Sendable {
    private static let pauseMilliseconds = 60_000

    private let rules: [RetentionRule]
    private let database: Database
    private let runtime: Runtime
    private let purged: Mutex<[String: Int]>
    private let running = Mutex<Task<Void, Never>?>(nil)

    public init(_ rules: [RetentionRule], of database: Database, _ runtime: Runtime) {
        self.rules = rules
        self.database = database
        self.runtime = runtime
        purged = Mutex(Dictionary(uniqueKeysWithValues: rules.map { ($0.name, 0) }))
    }

    /// Purges in the background, once the clock can be trusted.
    public func start() {
        let task = Task {
            var clock = SteadyClock(at: .now, runtime.clock.now())
            while !Task.isCancelled {
                if clock.isSteady(at: .now, runtime.clock.now()) { await purge() }
                try? await Task.sleep(for: .milliseconds(Self.pauseMilliseconds))
            }
        }
        running.withLock { $0 = task }
    }

    /// Returns when the running slice has ended.
    public func stop() async {
        let task = running.withLock { $0 }
        task?.cancel()
        await task?.value
    }

    /// Deletes all that is too old.
    func purge() async {
        for rule in rules where rule.days != nil && !Task.isCancelled {
            do {
                let count = try await purge(rule)
                guard count > 0 else { continue }
                runtime.logger.info(
                    "deleted what was kept long enough", ["what": rule.name, "rows": "\(count)"])
            } catch {
                runtime.logger.warning(
                    "can't delete what was kept long enough",
                    ["what": rule.name, "error": "\(error)"])
            }
        }
    }

    private func purge(_ rule: RetentionRule) async throws -> Int {
        // Without a write where there is nothing to do.
        guard let oldest = try database.read({ try rule.oldest($0) }),
            let limit = rule.limit(at: runtime.clock.now()), oldest < limit
        else { return 0 }
        var pace = JobPace(at: .now, answered: runtime.traffic.answered)
        var total = 0
        while !Task.isCancelled {
            let rows = pace.rows
            let slice = try await database.write { tx in
                let begin = Ticks.now
                let count = try rule.purge(limit: rows, in: tx)
                return (count: count, work: Ticks.now.nanoseconds - begin.nanoseconds)
            }
            total += slice.count
            purged.withLock { $0[rule.name, default: 0] += slice.count }
            guard slice.count >= rows else { break }
            let rest = pace.rest(
                after: slice.work, isLate: false, at: .now, answered: runtime.traffic.answered)
            try? await Task.sleep(for: .nanoseconds(rest))
        }
        return total
    }

    /// `latchkey_retention_purged_total` and `latchkey_retention_oldest_seconds`.
    public func writeMetrics(_ text: inout MetricsText) {
        let counts = purged.withLock { $0 }
        text.family(
            "latchkey_retention_purged_total", "counter",
            "Rows deleted because they were kept long enough.")
        for rule in rules {
            text.sample(
                "latchkey_retention_purged_total", ["what": rule.name],
                Double(counts[rule.name] ?? 0))
        }
        let now = runtime.clock.now()
        text.family(
            "latchkey_retention_oldest_seconds", "gauge", "Age of the oldest row that is kept.")
        for rule in rules {
            guard let oldest = try? database.read({ try rule.oldest($0) }) else { continue }
            text.sample(
                "latchkey_retention_oldest_seconds", ["what": rule.name],
                Double(max(0, now.milliseconds - oldest.milliseconds)) / 1_000)
        }
    }
}

/// Whether the clock can be trusted with deleting: one that ran ahead by years would have
/// everything deleted. It can once it has gone like a monotonic one for an hour.
struct SteadyClock {
    static let neededMilliseconds = 3_600_000
    /// A time daemon corrects less at once.
    static let toleratedMilliseconds = 60_000

    private var since: (ticks: Ticks, time: Timestamp)

    init(at now: Ticks, _ time: Timestamp) { since = (now, time) }

    mutating func isSteady(at now: Ticks, _ time: Timestamp) -> Bool {
        let elapsed = since.ticks.milliseconds(until: now)
        let shown = Int(time.milliseconds - since.time.milliseconds)
        guard abs(shown - elapsed) <= Self.toleratedMilliseconds else {
            since = (now, time)
            return false
        }
        return elapsed >= Self.neededMilliseconds
    }
}
