import Contract
import EventLoop
import Kernel
import SQLite
import Synchronization
import WriteKit

/// Delivers the outbox of one database to other services, with a relay for each.
public final class EventRelays: Sendable {
    /// The deadline of a delivery, in milliseconds.
    private static let deadline = 2_000

    /// The names of the services.
    public let targets: [String]
    private let database: Database
    private let clock: any Clock
    private let running: Mutex<[Task<Void, Never>]>

    /// Starts them.
    /// - Parameter neighbours: the services by name, with their clients.
    public init(
        to neighbours: [(name: String, url: ServiceURL)], from database: Database,
        signer: IdentitySigner, _ runtime: Runtime
    ) {
        targets = neighbours.map(\.name)
        self.database = database
        clock = runtime.clock
        let relays = neighbours.map { neighbour in
            // It pauses by itself, for less long than a breaker would.
            let client = ServiceClient(
                neighbour.name, at: neighbour.url, signer: signer, on: runtime.group,
                tracer: runtime.tracer, hasBreaker: false)
            return OutboxRelay(
                to: neighbour.name, from: database, faults: runtime.faults,
                report: { runtime.logger.warning($0) }
            ) { event in
                _ = try await client.call(
                    InternalEvent.deliver, event, as: InternalEvent.Receipt.self,
                    limit: Self.deadline)
            }
        }
        running = Mutex(relays.map { relay in Task { await relay.run() } })
    }

    /// Returns when all deliveries have ended.
    public func stop() async {
        let tasks = running.withLock { $0 }
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
    }

    /// Waiting events of each target, and the age of the oldest.
    public func writeMetrics(_ text: inout MetricsText) {
        let now = clock.now()
        let backlogs = targets.compactMap { target in
            (try? database.read { try OutboxStore.backlog(of: target, in: $0) }).map {
                (target, $0)
            }
        }
        text.family("latchkey_outbox_depth", "gauge", "Events waiting to be delivered.")
        for (target, backlog) in backlogs {
            text.sample("latchkey_outbox_depth", ["target": target], Double(backlog.count))
        }
        text.family("latchkey_outbox_age_seconds", "gauge", "Age of the oldest waiting event.")
        for (target, backlog) in backlogs {
            let age = backlog.oldest.map { max(0, now.milliseconds - $0.milliseconds) } ?? 0
            text.sample("latchkey_outbox_age_seconds", ["target": target], Double(age) / 1000)
        }
    }
}
