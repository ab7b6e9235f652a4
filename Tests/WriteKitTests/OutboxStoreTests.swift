import Contract
import Kernel
import SQLite
import TestSupport
import Testing
import WriteKit

@Suite struct OutboxStoreTests {
    private let world: OutboxWorld
    private struct Failed: Error {}

    init() throws { world = try OutboxWorld() }

    @Test func `an event and its cause are written together or not at all`() async throws {
        let before = try world.database.dump()
        let event = world.event("evt_1")
        await #expect(throws: Failed.self) {
            try await world.database.write { tx in
                try OutboxStore.add(event, for: ["near", "far"], in: tx)
                throw Failed()
            }
        }
        #expect(try world.database.dump() == before)
    }

    @Test func `an event is written once for each target`() async throws {
        try await world.add("evt_1", for: "near", "far")
        let event = world.event("evt_1")
        let error = await caught(DatabaseError.self) {
            try await world.database.write { try OutboxStore.add(event, for: ["far"], in: $0) }
        }
        #expect(error?.kind == .uniqueViolation)
        #expect(try world.waiting() == ["far evt_1", "near evt_1"])
    }

    /// A context that knows one type of event.
    private struct Consumer: EventConsumer {
        let database: Database
        let ids: IDMinter
        let effect: EventEffect

        func effect(of event: InternalEvent) -> EventEffect? {
            event.type == "x.done" ? effect : nil
        }
    }

    private func claim(
        _ id: String, type: String = "x.done", _ effect: @escaping EventEffect = { _ in }
    ) async throws -> Bool {
        let ids = IDMinter(clock: world.clock, random: SeededRandom(seed: 1))
        return try await Consumer(database: world.database, ids: ids, effect: effect).apply(
            InternalEvent(id: id, type: type, at: world.clock.now(), data: "{}"))
    }

    @Test func `an event is applied once, whatever happened between`() async throws {
        #expect(try await claim("evt_1"))
        #expect(try await claim("evt_2"))
        #expect(try await !claim("evt_1"))
        #expect(try await claim("evt_3"))
        for id in ["evt_1", "evt_2", "evt_3"] { #expect(try await !claim(id)) }
    }

    @Test func `an event that was applied before is confirmed when its effect has settled`()
        async throws
    {
        #expect(try await claim("evt_1"))
        #expect(world.changes.settledAll == 0)
        #expect(try await !claim("evt_1"))
        #expect(world.changes.settledAll == 1)
    }

    @Test func `an event whose effect failed can be delivered again`() async throws {
        await #expect(throws: Failed.self) {
            try await claim("evt_1") { _ in throw Failed() }
        }
        #expect(try await claim("evt_1"))
    }

    @Test func `an event that is of no interest can be handled by a later version`() async throws {
        #expect(try await !claim("evt_1", type: "y.done"))
        #expect(try await claim("evt_1"))
    }

    @Test func `concurrent deliveries of one event apply it once`() async throws {
        let outcome = await race(20) { _ in
            guard try await claim("evt_1") else { throw Fault.notFound }
        }
        #expect(outcome.succeeded == 1)
    }

    @Test func `tombstones of different kinds don't mix`() async throws {
        try await world.database.write { try Tombstone.user.insert("x_1", in: $0) }
        let gone = try world.database.read { db in
            try [Tombstone.user, .entity, .organization, .membership].map {
                try $0.contains("x_1", in: db)
            }
        }
        #expect(gone == [true, false, false, false])
        #expect(try world.database.read { try !Tombstone.user.contains("x_2", in: $0) })
        // Heard of twice, it is gone once.
        try await world.database.write { try Tombstone.user.insert("x_1", in: $0) }
    }
}
