import EventLoop
import Kernel
import SQLite
import WriteKit

/// Runs the jobs of one database in the background, a slice in each transaction, from its start
/// until it is stopped.
public final class JobRunner: Sendable {
    private static let pollMilliseconds = 250
    /// Every write waits for the slice that runs, and there are as many slices as a job needs: one
    /// takes no longer than a write that waits for the disk.
    private static let sliceRows = 25
    private static let retryMilliseconds = 2_000

    private let database: Database
    private let clock: any Clock
    private let task: Task<Void, Never>

    /// Starts it.
    /// - Parameters:
    ///   - committed: runs after each slice, once it is on disk.
    public init<Job>(
        _ jobs: Jobs<Job>, of database: Database, _ runtime: Runtime,
        committed: @escaping @Sendable () -> Void = {}
    ) {
        self.database = database
        clock = runtime.clock
        task = Task {
            while !Task.isCancelled {
                var wait = Self.pollMilliseconds
                do {
                    var begin = Ticks.now
                    while try await Self.advance(jobs, of: database), !Task.isCancelled {
                        committed()
                        runtime.faults.reach(.jobSliced)
                        // Half of the time is for requests.
                        let spent = begin.milliseconds(until: .now)
                        try? await Task.sleep(for: .milliseconds(min(max(spent, 1), 100)))
                        begin = .now
                    }
                } catch {
                    runtime.logger.warning(
                        "a job failed and will be retried", ["error": "\(error)"])
                    wait = Self.retryMilliseconds
                }
                try? await Task.sleep(for: .milliseconds(wait))
            }
        }
    }

    /// Without a write where there is nothing to do.
    private static func advance<Job>(
        _ jobs: Jobs<Job>, of database: Database
    ) async throws -> Bool {
        guard try database.read({ try JobStore.hasAny(in: $0) }) else { return false }
        return try await database.write { try jobs.advance(rows: sliceRows, in: $0) }
    }

    /// Returns when the running slice has ended.
    public func stop() async {
        task.cancel()
        await task.value
    }

    /// `latchkey_jobs` and `latchkey_jobs_age_seconds`.
    public func writeMetrics(_ text: inout MetricsText) {
        guard let backlog = try? database.read({ try JobStore.backlog(in: $0) }) else { return }
        let age = backlog.oldest.map { clock.now().milliseconds - $0.milliseconds } ?? 0
        text.gauge("latchkey_jobs", "Unfinished jobs.", Double(backlog.count))
        text.gauge(
            "latchkey_jobs_age_seconds", "Age of the oldest unfinished job.",
            Double(age) / 1_000)
    }
}
