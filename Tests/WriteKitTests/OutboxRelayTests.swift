import Contract
import Kernel
import SQLite
import Synchronization
import TestSupport
import Testing
import WriteKit

/// Events for two targets, each with a relay of its own.
@Suite struct OutboxRelayTests {
    /// A context that takes events, or refuses them.
    private final class Target: Sendable {
        private struct Refused: Error {}
        private let state = Mutex((taken: [String](), refused: Set<String>()))

        var taken: [String] { state.withLock(\.taken) }

        func refuse(_ ids: String...) { state.withLock { $0.refused = Set(ids) } }

        func take(_ event: InternalEvent) throws {
            try state.withLock { state in
                guard !state.refused.contains(event.id) else { throw Refused() }
                state.taken.append(event.id)
            }
        }
    }

    private let world: OutboxWorld
    private let near = Target()
    private let far = Target()

    init() throws { world = try OutboxWorld() }

    private func relay(_ name: String, _ target: Target) -> OutboxRelay {
        OutboxRelay(to: name, from: world.database, report: { _ in }) { try target.take($0) }
    }

    /// One round of each; whether it got through.
    private func round() async -> (near: Bool, far: Bool) {
        func passes(_ relay: OutboxRelay) async -> Bool {
            do {
                try await relay.round()
                return true
            } catch {
                return false
            }
        }
        return (await passes(relay("near", near)), await passes(relay("far", far)))
    }

    @Test func `events are delivered when what they tell has settled`() async throws {
        _ = await round()
        #expect(world.changes.settledAll == 0)
        try await world.add("evt_1", for: "near")
        let changes = world.changes
        let relay = OutboxRelay(to: "near", from: world.database, report: { _ in }) { _ in
            #expect(changes.settledAll == 1)
        }
        try await relay.round()
        #expect(try world.waiting() == [])
    }

    @Test func `an event delivered to one target still waits for the other`() async throws {
        try await world.add("evt_1", for: "near", "far")
        far.refuse("evt_1")
        #expect(await round() == (true, false))
        #expect(near.taken == ["evt_1"] && far.taken == [])
        #expect(try world.waiting() == ["far evt_1"])
        // The first is not told again while the other is tried.
        #expect(await round() == (true, false))
        #expect(near.taken == ["evt_1"])
        far.refuse()
        #expect(await round() == (true, true))
        #expect(near.taken == ["evt_1"] && far.taken == ["evt_1"])
        #expect(try world.waiting() == [])
    }

    @Test func `a refused event delays events of its target only`()
        async throws
    {
        for id in ["evt_1", "evt_2", "evt_3"] { try await world.add(id, for: "far", "near") }
        far.refuse("evt_2")
        #expect(await round() == (true, false))
        #expect(near.taken == ["evt_1", "evt_2", "evt_3"])
        #expect(far.taken == ["evt_1"])
        #expect(try world.waiting() == ["far evt_2", "far evt_3"])
        try await world.add("evt_4", for: "near", "far")
        #expect(await round() == (true, false))
        #expect(near.taken.last == "evt_4" && far.taken == ["evt_1"])
        far.refuse()
        #expect(await round() == (true, true))
        #expect(far.taken == ["evt_1", "evt_2", "evt_3", "evt_4"])
    }

    @Test func `an event is delivered to its targets only`() async throws {
        try await world.add("evt_1", for: "far")
        try await world.add("evt_2", for: "near")
        try await world.add("evt_3")
        #expect(await round() == (true, true))
        #expect(near.taken == ["evt_2"] && far.taken == ["evt_1"])
    }

    @Test func `an event that was delivered but not marked is delivered again, in its place`()
        async throws
    {
        for id in ["evt_1", "evt_2"] { try await world.add(id, for: "near", "far") }
        struct Died: Error {}
        let dying = OutboxRelay(to: "near", from: world.database, report: { _ in }) { [near] in
            try near.take($0)
            // As if the process ended here, or the answer were lost.
            throw Died()
        }
        await #expect(throws: Died.self) { try await dying.round() }
        #expect(await round() == (true, true))
        #expect(near.taken == ["evt_1", "evt_1", "evt_2"])
        #expect(far.taken == ["evt_1", "evt_2"])
    }

    @Test func `more events than are read at once are delivered in one round, in order`()
        async throws
    {
        let ids = (0..<250).map { "evt_\($0)" }
        for id in ids { try await world.add(id, for: "near", "far") }
        #expect(await round() == (true, true))
        #expect(near.taken == ids && far.taken == ids)
        #expect(try world.waiting() == [])
    }

    @Test func `events arrive as written`() async throws {
        try await world.add("evt_1", for: "near", "far")
        let arrived = Mutex<[InternalEvent]>([])
        let relay = OutboxRelay(to: "far", from: world.database, report: { _ in }) { event in
            arrived.withLock { $0.append(event) }
        }
        try await relay.round()
        #expect(arrived.withLock { $0 } == [world.event("evt_1")])
    }

    @Test func `the backlog of each target is its own`() async throws {
        let first = world.clock.now()
        try await world.add("evt_1", for: "near", "far")
        world.clock.advance(seconds: 60)
        try await world.add("evt_2", for: "near", "far")
        far.refuse("evt_2")
        _ = await round()
        let (near, far) = try world.database.read {
            (
                try OutboxStore.backlog(of: "near", in: $0),
                try OutboxStore.backlog(of: "far", in: $0)
            )
        }
        #expect(near.count == 0 && near.oldest == nil)
        #expect(far.count == 1 && far.oldest == first.adding(seconds: 60))
    }

    /// Waits until the far target has taken these.
    private func takesFar(_ ids: [String]) async -> Bool {
        await eventually(within: 60_000) { far.taken == ids }
    }

    @Test func `a relay retries after failures, logs them, and stops when cancelled`()
        async throws
    {
        let lines = Mutex<[String]>([])
        far.refuse("evt_1")
        let running = OutboxRelay(to: "far", from: world.database) { line in
            lines.withLock { $0.append(line) }
        } deliver: { [far] in
            try far.take($0)
        }
        let task = Task { await running.run() }
        try await world.add("evt_1", for: "far", "near")
        #expect(await eventually(within: 60_000) { !lines.withLock(\.isEmpty) })
        #expect(lines.withLock { $0[0] }.hasPrefix("events for far can't be delivered"))
        far.refuse()
        #expect(await takesFar(["evt_1"]))
        // With a success between failures and without anything to do, it still looks.
        try await world.add("evt_2", for: "far")
        #expect(await takesFar(["evt_1", "evt_2"]))
        task.cancel()
        await task.value
        #expect(try world.waiting() == ["near evt_1"])
    }
}
