import EventLoop
import Kernel
import SQLite
import Synchronization

/// Seals anew what another secret than the first sealed, in the background, from the start of the
/// service until all is done. A transaction takes some rows (`JobPace`), as those of jobs do, and
/// what is left is found in the database: killed at any point, it goes on where it was.
public final class Resealer: Sendable {
    private static let retryMilliseconds = 2_000
    /// After an hour it no longer makes way for requests.
    private static let lateMilliseconds = 3_600_000

    private let secrets: SecretList
    private let counts = Mutex<[SealedCounts.Secret: Int]>([:])
    private let task = Mutex<Task<Void, Never>?>(nil)

    /// Starts it.
    /// - Parameter values: in the order in which they are sealed anew.
    public init(
        _ values: [SealedValues], _ secrets: SecretList, in database: Database, _ runtime: Runtime
    ) {
        self.secrets = secrets
        let work: Task<Void, Never> = Task { [self] in
            while !Task.isCancelled {
                do {
                    return try await run(values, database, runtime)
                } catch {
                    runtime.logger.warning(
                        "can't seal stored values anew; will be retried", ["error": "\(error)"])
                }
                try? await Task.sleep(for: .milliseconds(Self.retryMilliseconds))
            }
        }
        task.withLock { $0 = work }
    }

    private func run(
        _ values: [SealedValues], _ database: Database, _ runtime: Runtime
    ) async throws {
        try count(values, in: database)
        var total = 0
        let begin = Ticks.now
        var pace = JobPace(at: begin, answered: runtime.traffic.answered)
        for values in values {
            total += try await reseal(values, &pace, since: begin, database, runtime)
            if Task.isCancelled { return }
        }
        try count(values, in: database)
        if total > 0 {
            runtime.logger.info("stored values were sealed anew", ["values": "\(total)"])
        }
        let left = counts.withLock { $0.values.reduce(0, +) }
        if left > 0 {
            runtime.logger.warning(
                "stored values are sealed by a secret that LATCHKEY_ENCRYPTION_SECRET doesn't have",
                ["values": "\(left)"])
        }
    }

    /// - Returns: how many.
    private func reseal(
        _ values: SealedValues, _ pace: inout JobPace, since begin: Ticks, _ database: Database,
        _ runtime: Runtime
    ) async throws -> Int {
        let (column, known) = (values.column, Set(secrets.ids))
        let first = SealingKey.prefix(of: secrets.ids[0])
        var (place, total) = (SealedColumn.Place(), 0)
        while !Task.isCancelled {
            let rows = try database.read { reader in
                try column.next(
                    pace.rows, from: &place, otherThan: first,
                    where: { SealingKey.keyID(inPrefix: $0).map(known.contains) ?? true },
                    in: reader)
            }
            if rows.isEmpty { break }
            // Not on the writer's thread: others wait for that.
            let fresh = rows.compactMap { row in values.reseal(row).map { (row, $0) } }
            guard !fresh.isEmpty else { continue }
            let (done, work) = try await database.write { tx in
                let begin = Ticks.now
                let done = try fresh.filter { row, value in
                    try column.replace(row, with: value, in: tx)
                }
                return (done.map { $0.0 }, Ticks.now.nanoseconds - begin.nanoseconds)
            }
            total += done.count
            noteDone(done)
            runtime.faults.reach(.valuesResealed)
            let rest = pace.rest(
                after: work, isLate: Ticks.now >= begin.adding(milliseconds: Self.lateMilliseconds),
                at: .now, answered: runtime.traffic.answered)
            try? await Task.sleep(for: .nanoseconds(rest))
        }
        return total
    }

    private func count(_ values: [SealedValues], in database: Database) throws {
        let found = try database.read { reader in
            try SealedCounts(values.map(\.column), secrets, in: reader)
        }
        counts.withLock { $0 = found.values.filter { $0.key != .listed(0) } }
    }

    private func noteDone(_ rows: [SealedColumn.Row]) {
        counts.withLock { counts in
            for row in rows {
                counts[SealedCounts.Secret(ofPrefix: row.sealed, in: secrets), default: 1] -= 1
            }
        }
    }

    /// Returns when the running transaction has ended.
    public func stop() async {
        let work = task.withLock { $0 }
        work?.cancel()
        await work?.value
    }

    /// `latchkey_sealed_values`.
    public func writeMetrics(_ text: inout MetricsText) {
        let counts = counts.withLock { $0 }
        let name = "latchkey_sealed_values"
        text.family(
            name, "gauge",
            "Stored values that another secret than the first sealed, by the secret's id. none: "
                + "the value doesn't say; unknown: it isn't in LATCHKEY_ENCRYPTION_SECRET.")
        for (index, id) in secrets.ids.enumerated().dropFirst() {
            text.sample(name, ["key": "\(id)"], Double(counts[.listed(index)] ?? 0))
        }
        text.sample(name, ["key": "none"], Double(counts[.unnamed] ?? 0))
        text.sample(name, ["key": "unknown"], Double(counts[.unlisted] ?? 0))
    }
}
