import Contract
import Kernel
import SQLite
import Synchronization

/// Delivers the events of one target, in the order in which they were written, until it is stopped.
/// An event (or a batch) that can't be delivered is retried and blocks those behind it, so that the
/// receiver gets events in the order in which they happened.
public final class OutboxRelay: Sendable {
    private static let pollMilliseconds = 250
    private static let firstDelay = 250
    /// Short, so that contexts agree within a second of all being up.
    private static let longestDelay = 750

    /// Why nothing gets through at the moment.
    public struct Trouble: Sendable {
        /// Failed attempts since the last success.
        public let attempts: Int
        /// The last one's.
        public let error: String
    }

    /// What receives them.
    public let target: String
    private let failed = Mutex<Trouble?>(nil)
    private let report: @Sendable (String) -> Void
    /// Delivers what waits, or a part of it.
    /// - Returns: false if nothing did.
    private let deliverSome: @Sendable () async throws -> Bool

    /// Relays events for another context, one by one.
    /// - Parameters:
    ///   - report: takes a line for the log when something stays undelivered.
    ///   - deliver: returns once the target has applied the event.
    public init(
        to target: String, from database: Database, faults: CrashPoints = CrashPoints(),
        report: @escaping @Sendable (String) -> Void,
        deliver: @escaping @Sendable (InternalEvent) async throws -> Void
    ) {
        self.target = target
        self.report = report
        deliverSome = {
            let events = try database.read { try OutboxStore.waiting(for: target, in: $0) }
            if !events.isEmpty { try await database.settle() }
            for event in events where !Task.isCancelled {
                faults.reach(.outboxRead)
                try await deliver(event)
                faults.reach(.outboxSent)
                try await database.write { tx in
                    try OutboxStore.delivered(event.id, to: target, in: tx)
                }
                faults.reach(.outboxMarked)
            }
            return !events.isEmpty
        }
    }

    /// Relays the events of the context's own changes, in batches, to the context that has the
    /// webhooks and the feed.
    /// - Parameter deliver: returns once the target has stored the batch.
    public init(
        publishing database: Database, to target: String, faults: CrashPoints = CrashPoints(),
        report: @escaping @Sendable (String) -> Void,
        deliver: @escaping @Sendable (OutgoingEvents) async throws -> Void
    ) {
        self.target = target
        self.report = report
        deliverSome = {
            let events = try database.read {
                try EventOutbox.waiting(
                    count: OutgoingEvents.maximum, bytes: OutgoingEvents.bytes, in: $0)
            }
            guard let last = events.last else { return false }
            // Receivers check access at once.
            try await database.settle()
            faults.reach(.eventsRead)
            try await deliver(OutgoingEvents(events))
            faults.reach(.eventsSent)
            try await database.write { try EventOutbox.delete(through: last.position, in: $0) }
            faults.reach(.eventsMarked)
            return true
        }
    }

    /// Nil if the last attempt succeeded.
    public var trouble: Trouble? { failed.withLock { $0 } }

    /// Runs until its task is cancelled.
    public func run() async {
        var failures = 0
        while !Task.isCancelled {
            do {
                try await round()
                failures = 0
                failed.withLock { $0 = nil }
            } catch {
                failures += 1
                let trouble = Trouble(attempts: failures, error: "\(error)")
                failed.withLock { $0 = trouble }
                report("events for \(target) can't be delivered, will retry: \(error)")
            }
            let wait = failures == 0 ? Self.pollMilliseconds : Self.delay(failures)
            try? await Task.sleep(for: .milliseconds(wait))
        }
    }

    /// Delivers waiting events, up to the first failure.
    public func round() async throws {
        while !Task.isCancelled, try await deliverSome() {}
    }

    /// Milliseconds: doubles with each failure; a quarter of it is random, so that relays don't
    /// synchronize.
    private static func delay(_ failures: Int) -> Int {
        let full = min(longestDelay, firstDelay << min(failures - 1, 8))
        return full - Int.random(in: 0...(full / 4))
    }
}
