import Contract
import Kernel
import SQLite
import Synchronization
import TestSupport
import Testing

@testable import WriteKit

/// The relay of a context's own events, for subscribers.
@Suite struct PublishingTests {
    /// A receiver that takes each event once, or refuses for a while.
    private final class Feed: Sendable {
        struct Down: Error {}
        private struct State {
            var ids: [String] = []
            var batches: [Int] = []
            var isDown = false
            var losesAnswer = false
        }

        private let state = Mutex(State())

        var ids: [String] { state.withLock(\.ids) }
        var batches: [Int] { state.withLock(\.batches) }

        func set(isDown: Bool = false, losesAnswer: Bool = false) {
            state.withLock { ($0.isDown, $0.losesAnswer) = (isDown, losesAnswer) }
        }

        func take(_ batch: OutgoingEvents) throws {
            try state.withLock { state in
                guard !state.isDown else { throw Down() }
                state.batches.append(batch.events.count)
                for event in batch.events where !state.ids.contains(event.id) {
                    state.ids.append(event.id)
                }
                if state.losesAnswer { throw Down() }
            }
        }
    }

    private let world: JournalWorld
    private let feed = Feed()

    init() throws { world = try JournalWorld() }

    private var relay: OutboxRelay {
        OutboxRelay(publishing: world.database, to: "subscribers", report: { _ in }) { [feed] in
            try feed.take($0)
        }
    }

    private func change(_ count: Int) async throws {
        for number in 0..<count {
            let event = AuditEvent(
                TestChange.shareCreated, "shr_\(number)", of: "ent_1", about: "ent_1",
                for: EventAudience(owner: "usr_1"), after: ["userId": .text("usr_2")])
            try await world.record(event, by: nil)
        }
    }

    private func waiting() throws -> [String] {
        try world.database.read {
            try EventOutbox.waiting(count: .max, bytes: .max, in: $0).map(\.id)
        }
    }

    @Test func `all that waits is sent in order, in batches, and forgotten`() async throws {
        let count = OutgoingEvents.maximum + 10
        try await change(count)
        let ids = try waiting()
        try await relay.round()
        #expect(feed.ids == ids && ids.count == count)
        #expect(feed.batches == [OutgoingEvents.maximum, 10])
        #expect(try waiting().isEmpty)
        // With nothing to send, nothing is sent.
        try await relay.round()
        #expect(feed.batches.count == 2)
    }

    @Test func `what could not be sent, or was not acknowledged, waits and is sent again`()
        async throws
    {
        try await change(3)
        let ids = try waiting()
        feed.set(isDown: true)
        await #expect(throws: Feed.Down.self) { try await relay.round() }
        #expect(try waiting() == ids && feed.ids.isEmpty)
        feed.set(losesAnswer: true)
        await #expect(throws: Feed.Down.self) { try await relay.round() }
        #expect(try waiting() == ids && feed.ids == ids)
        feed.set()
        try await change(1)
        try await relay.round()
        #expect(feed.ids.count == 4 && feed.ids.prefix(3) == ids[...])
        #expect(try waiting().isEmpty)
    }

    @Test func `a context that keeps its events gets them in the transaction`() async throws {
        let seen = Mutex<[String]>([])
        let log = AuditLog(ids: world.ids) { tx in
            let events = try EventOutbox.waiting(count: 9, bytes: .max, in: tx)
            seen.withLock { $0 += events.map(\.subject.id) }
            try EventOutbox.delete(through: events.last?.position ?? 0, in: tx)
        }
        try await world.database.write { tx in
            for id in ["shr_1", "shr_2"] {
                let event = AuditEvent(
                    TestChange.shareCreated, id, of: "ent_1", about: nil, for: .platform,
                    after: ["userId": .text("usr_2")])
                try log.record(event, by: nil, in: tx)
            }
            // An entry without an event brings nothing.
            try log.record(
                AuditEvent(
                    TestChange.shareHidden, "shr_3", of: "ent_1", about: nil, for: .platform),
                by: nil, in: tx)
        }
        #expect(seen.withLock { $0 } == ["shr_1", "shr_2"])
        #expect(try waiting().isEmpty)
    }
}
