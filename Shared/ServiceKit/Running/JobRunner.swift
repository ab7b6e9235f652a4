import EventLoop
import Kernel
import SQLite
import WriteKit

/// Runs the jobs of one database in the background, a slice in each transaction, from its start
/// until it is stopped.
public final class JobRunner: Sendable {
    private static let pollMilliseconds = 250
    private static let retryMilliseconds = 2_000
    /// After an hour.
    private static let lateMilliseconds: Int64 = 3_600_000

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
                    let traffic = runtime.traffic
                    var pace = JobPace(at: .now, answered: traffic.answered)
                    while let slice = try await Self.advance(jobs, pace.rows, of: database),
                        !Task.isCancelled
                    {
                        committed()
                        runtime.faults.reach(.jobSliced)
                        let age = runtime.clock.now().milliseconds - slice.begun.milliseconds
                        let rest = pace.rest(
                            after: slice.work, isLate: age > Self.lateMilliseconds, at: .now,
                            answered: traffic.answered)
                        try? await Task.sleep(for: .nanoseconds(rest))
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
    /// - Returns: what it took on the writer's thread, in nanoseconds, and since when the job
    ///   exists; nil if there was nothing.
    private static func advance<Job>(
        _ jobs: Jobs<Job>, _ rows: Int, of database: Database
    ) async throws -> (work: UInt64, begun: Timestamp)? {
        guard let begun = try database.read({ try JobStore.oldestBegun(in: $0) }) else {
            return nil
        }
        let work: UInt64? = try await database.write { tx in
            let begin = Ticks.now
            guard try jobs.advance(rows: rows, in: tx) else { return nil }
            return Ticks.now.nanoseconds - begin.nanoseconds
        }
        return work.map { ($0, begun) }
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
