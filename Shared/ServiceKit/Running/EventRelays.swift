import Contract
import EventLoop
import Kernel
import SQLite
import Synchronization
import WriteKit

/// Delivers the outboxes of one database to other services, with a relay for each: events for other
/// contexts, and those of the context's own changes for subscribers.
public final class EventRelays: Sendable {
    /// The deadline of a delivery, in milliseconds.
    private static let deadline = 2_000
    /// The deadline of a batch of events for subscribers, in milliseconds.
    private static let batchDeadline = 5_000
    /// The name of the service that has the webhooks and the feed.
    private static let publisher = "invitations"
    /// What events for those are reported as.
    private static let subscribers = "subscribers"

    /// The names of the services that receive events for them.
    public let targets: [String]
    private let database: Database
    private let clock: any Clock
    private let relays: [OutboxRelay]
    private let running: Mutex<[Task<Void, Never>]>

    /// Starts them.
    /// - Parameters:
    ///   - neighbours: the services that receive events for them, by name.
    ///   - publisher: the service that has the webhooks and the feed; nil: events for subscribers
    ///     stay in the outbox.
    public init(
        to neighbours: [(name: String, url: ServiceURL)], publishingAt publisher: ServiceURL?,
        from database: Database, signer: IdentitySigner, _ runtime: Runtime
    ) {
        targets = neighbours.map(\.name)
        self.database = database
        clock = runtime.clock
        // They pause by themselves, for less long than a breaker would.
        func client(_ name: String, _ url: ServiceURL) -> ServiceClient {
            ServiceClient(
                name, at: url, signer: signer, on: runtime.group, tracer: runtime.tracer,
                hasBreaker: false)
        }
        var relays = neighbours.map { neighbour in
            let client = client(neighbour.name, neighbour.url)
            return OutboxRelay(
                to: neighbour.name, from: database, faults: runtime.faults,
                report: { runtime.logger.warning($0) }
            ) { event in
                _ = try await client.call(
                    InternalEvent.deliver, event, as: InternalEvent.Receipt.self,
                    limit: Self.deadline)
            }
        }
        if let publisher {
            let client = client(Self.publisher, publisher)
            relays.append(
                OutboxRelay(
                    publishing: database, to: Self.subscribers, faults: runtime.faults,
                    report: { runtime.logger.warning($0) }
                ) { batch in
                    _ = try await client.call(
                        OutgoingEvents.deliver, batch, as: OutgoingEvents.Receipt.self,
                        limit: Self.batchDeadline)
                })
        }
        self.relays = relays
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
        let backlogs = relays.compactMap { relay in
            (try? backlog(of: relay.target)).map { (relay.target, $0) }
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
    /// The same for the operator, with what keeps events from being delivered.
    func reports() throws -> [OutboxReport] {
        try relays.map { relay in
            let backlog = try backlog(of: relay.target)
            let trouble = relay.trouble
            return OutboxReport(
                target: relay.target, pending: backlog.count, oldest: backlog.oldest,
                attempts: trouble?.attempts ?? 0, lastError: trouble?.error)
        }
    }

    private func backlog(of target: String) throws -> (count: Int, oldest: Timestamp?) {
        try database.read { reader in
            target == Self.subscribers
                ? try EventOutbox.backlog(in: reader)
                : try OutboxStore.backlog(of: target, in: reader)
        }
    }
}
