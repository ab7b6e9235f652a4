import Contract
import FoundationEssentials
import Kernel
import SQLite
import TestSupport
import Testing

@testable import WriteKit

@Suite struct EventOutboxTests {
    private let ada = Caller(userId: "usr_ada", tokenId: "tok_1", actingId: "usr_root")
    private let audience = EventAudience(owner: "usr_bob", organization: "org_1")

    private func share(_ id: String) -> AuditEvent {
        AuditEvent(
            TestChange.shareCreated, id, of: "ent_1", about: "ent_1", for: audience,
            after: ["userId": .text("usr_x")])
    }

    private func renamed(_ name: String?) -> AuditEvent {
        AuditEvent(
            TestChange.entityRenamed, "ent_1", about: "ent_1", for: audience,
            before: ["fullName": .null], after: ["fullName": .text(name)])
    }

    private func waiting(
        _ world: JournalWorld, after position: Int = 0, count: Int = 100, bytes: Int = 1 << 20
    ) throws -> [OutgoingEvent] {
        try world.database.read {
            try EventOutbox.waiting(after: position, count: count, bytes: bytes, in: $0)
        }
    }

    @Test func `an audit entry's event waits with what the entry says`() async throws {
        let world = try JournalWorld()
        try await world.record(share("shr_1"), by: ada)
        let entry = try #require(try world.list(AuditFilter()).items.first)
        let event = try #require(try waiting(world).first)
        #expect(event.position == 1)
        #expect(event.id == "evt_" + entry.id.dropFirst(4))
        #expect(event.type == "entity.shared" && event.at == entry.at)
        #expect(event.actorId == "usr_ada" && event.actingId == "usr_root")
        #expect(event.subject == entry.subject && event.parent == entry.parent)
        #expect(event.owner == "usr_bob" && event.organization == "org_1")
        #expect(event.data == #"{"after":{"user_id":"usr_x"},"before":null}"#)
    }

    @Test func `events wait in the order of their changes`() async throws {
        let world = try JournalWorld()
        for index in 1...5 { try await world.record(share("shr_\(index)"), by: ada) }
        #expect(try waiting(world).map(\.subject.id) == (1...5).map { "shr_\($0)" })
        #expect(try waiting(world).map(\.position) == Array(1...5))
        #expect(try waiting(world, after: 3).map(\.position) == [4, 5])
        #expect(try waiting(world, count: 2).map(\.position) == [1, 2])
        #expect(try waiting(world, after: 2, count: 2).map(\.position) == [3, 4])
    }

    @Test func `a batch is bounded by the size of its data, but never empty`() async throws {
        let world = try JournalWorld()
        let name = String(repeating: "ü", count: 200)
        for _ in 1...4 { try await world.record(renamed(name), by: ada) }
        #expect(try waiting(world, bytes: 1_000).map(\.position) == [1, 2])
        #expect(try waiting(world, bytes: 1).map(\.position) == [1])
        #expect(try waiting(world, after: 2, bytes: 1).map(\.position) == [3])
        #expect(try waiting(world, after: 4, bytes: 1).isEmpty)
    }

    @Test func `received events are forgotten, and later ones keep counting`() async throws {
        let world = try JournalWorld()
        let backlog = { try world.database.read { try EventOutbox.backlog(in: $0) } }
        #expect(try backlog() == (0, nil))
        for index in 1...3 { try await world.record(share("shr_\(index)"), by: ada) }
        let times = try waiting(world).map(\.at)
        #expect(try backlog() == (3, times[0]))
        try await world.database.write { try EventOutbox.delete(through: 2, in: $0) }
        #expect(try waiting(world).map(\.position) == [3])
        #expect(try backlog() == (1, times[2]))
        try await world.database.write { try EventOutbox.delete(through: 3, in: $0) }
        #expect(try backlog() == (0, nil))
        try await world.record(share("shr_4"), by: ada)
        #expect(try waiting(world).map(\.position) == [4])
        // The audit keeps them all.
        #expect(try world.list(AuditFilter()).total == 4)
    }

    @Test func `a change that another event says has none of its own`() async throws {
        let world = try JournalWorld()
        let event = AuditEvent(
            TestChange.shareHidden, "shr_1", of: "ent_1", about: nil, for: audience)
        try await world.record(event, by: ada)
        #expect(try waiting(world).isEmpty)
    }

    @Test func `an event with data of its own form says that`() async throws {
        let world = try JournalWorld()
        let event = AuditEvent(
            TestChange.integrationUpdated, "int_1", about: nil, for: .platform,
            after: ["name": .text("a")])
        try await world.record(try event.saying(["note": "x"]), by: nil)
        let found = try #require(try waiting(world).first)
        #expect(found.data == #"{"note":"x"}"# && found.type == "integration.updated")
        #expect(found.actorId == nil && found.owner == nil && found.organization == nil)
        #expect(found.parent == nil)
    }

    @Test func `a change that fails leaves no event`() async throws {
        struct Failure: Error {}
        let world = try JournalWorld()
        await #expect(throws: Failure.self) {
            try await world.database.write { [ada, log = world.log, event = share("shr_1")] tx in
                try log.record(event, by: ada, in: tx)
                throw Failure()
            }
        }
        #expect(try waiting(world).isEmpty)
        try await world.record(share("shr_2"), by: ada)
        #expect(try waiting(world).map(\.position) == [1])
    }

    @Test func `all owners of a thing wait with its event`() async throws {
        let world = try JournalWorld()
        for owners in [[], ["usr_a"], ["usr_a", "usr_b", "usr_c"]] {
            try await world.record(
                AuditEvent(
                    TestChange.entityRenamed, "ent_1", about: nil,
                    for: EventAudience(owners: owners), after: ["fullName": .null]), by: ada)
        }
        let events = try waiting(world)
        #expect(events.map(\.owner) == [nil, "usr_a", "usr_a"])
        #expect(events.map(\.otherOwners) == [nil, nil, ["usr_b", "usr_c"]])
        #expect(events.map(\.owners) == [[], ["usr_a"], ["usr_a", "usr_b", "usr_c"]])
    }

    @Test func `an entry must be as declared`() {
        func isDeclared(_ parent: String?, _ after: AuditSnapshot) -> Bool {
            AuditEvent(
                TestChange.shareCreated, "shr_1", of: parent, about: nil, for: .platform,
                after: after
            ).isAsDeclared
        }
        #expect(isDeclared("ent_1", ["userId": .text("usr_x")]))
        #expect(!isDeclared(nil, ["userId": .text("usr_x")]))
        #expect(!isDeclared("ent_1", [:]))
        #expect(!isDeclared("ent_1", ["userId": .null]))
        #expect(!isDeclared("ent_1", ["userId": .number(1)]))
        #expect(!isDeclared("ent_1", ["userId": .text("usr_x"), "more": .text("x")]))
    }

    /// Programs read what was declared, whatever a snapshot has.
    @Test func `what an event shows is read as its state declares it`() async throws {
        let world = try JournalWorld()
        let full: AuditSnapshot = [
            "fullName": .text(String(repeating: "x", count: 300)), "isOpen": .bool(true),
            "scopes": .list(["a", "b"]), "accessLevel": .number(2),
        ]
        try await world.record(
            AuditEvent(
                TestChange.entityRenamed, "ent_1", about: nil, for: .platform,
                before: ["fullName": .null], after: full), by: ada)
        let event = try #require(try waiting(world).first)
        let data = try JSONDecoder().decode(
            ChangeData<TestState, TestState>.self, from: Data(event.data.utf8))
        #expect(data.before?.values == ["full_name": .null])
        #expect(data.after?.values["is_open"] == .bool(true))
        #expect(data.after?.values["scopes"] == .list(["a", "b"]))
        #expect(data.after?.values["access_level"] == .number(2))
        // As its schema says, a text.
        let name = String(repeating: "x", count: AuditLimits.text) + "…"
        #expect(data.after?.values["full_name"] == .text(name))
        #expect(try SortedJSON.text(data) == event.data)
    }
}
