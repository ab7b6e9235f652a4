import Contract
import Kernel
import SQLite
import TestSupport
import Testing
import WriteKit

/// A context with the journal's tables, in which a table scan fails.
final class JournalWorld: UseCases {
    let clock = FakeClock()
    let database: Database
    let ids: IDMinter
    var log: AuditLog { audit }
    let changes = RecordedChanges()
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        ids = IDMinter(clock: clock, random: SeededRandom(seed: 1))
        var options = DatabaseOptions()
        options.forbidTableScans = true
        options.synchronousFull = false
        options.watch = TableWatch([], changes)
        database = try Database(
            path: folder.path + "/journal.sqlite",
            migrations: [
                Migration("audit", auditSchema),
                Migration("counts", LongList.schema + auditCounting),
                Migration("who acted for whom", auditActingSchema),
                Migration("events of audit entries", eventOutboxSchema),
                Migration("suspended users", suspendedUsersSchema),
                Migration("kept answers", storedResponsesSchema),
                Migration("bytes of kept answers", storedResponseBytesSchema),
                Migration("names of stored responses", storedResponseNamesSchema),
                Migration("gone", tombstonesSchema + tombstoneNamesSchema),
                Migration("inbox", inboxSchema),
                Migration("retention", retentionSchema + tombstoneAgesSchema),
                Migration("offboardings", offboardingsSchema),
                Migration("audit of users", auditOfUsersSchema),
            ], readers: 0, clock: clock, options: options)
    }

    deinit { database.close() }

    func record(_ event: AuditEvent, by caller: Caller?) async throws {
        clock.advance(seconds: 1)
        try await database.write { [log] tx in try log.record(event, by: caller, in: tx) }
    }

    func list(
        _ filter: AuditFilter, _ page: PageRequest = PageRequest()
    ) throws -> Page<AuditEntryBody> {
        try database.read { try AuditStore.page(filter, page, in: $0) }
    }

    func keep(_ answer: StoredResponse, for claim: IdempotencyClaim) async throws {
        try await database.write { try answer.keep(for: claim, in: $0) }
    }

    func kept(_ claim: IdempotencyClaim) throws -> StoredResponse? {
        try database.read { try StoredResponse.find(claim, now: clock.now(), in: $0) }?.answer
    }
}

@Suite struct SuspendedUsersTests {
    @Test func `a user is suspended until the suspension ends`() async throws {
        let world = try JournalWorld()
        func suspended(_ ids: [String]) throws -> Set<String> {
            try world.database.read { try SuspendedUsers.among(ids, in: $0) }
        }
        #expect(try suspended(["usr_a", "usr_b"]).isEmpty)
        try await world.database.write { tx in
            for _ in 1...2 { try SuspendedUsers.set("usr_a", isSuspended: true, in: tx) }
            try SuspendedUsers.set("usr_c", isSuspended: true, in: tx)
            try SuspendedUsers.set("usr_b", isSuspended: false, in: tx)
        }
        #expect(try suspended(["usr_a", "usr_b"]) == ["usr_a"])
        #expect(try world.database.read { try SuspendedUsers.contains("usr_a", in: $0) })
        #expect(try world.database.read { try !SuspendedUsers.contains("usr_b", in: $0) })
        try await world.database.write {
            try SuspendedUsers.set("usr_a", isSuspended: false, in: $0)
        }
        #expect(try suspended(["usr_a", "usr_b", "usr_c"]) == ["usr_c"])
        try await world.database.write { try Tombstone.user.insert("usr_c", in: $0) }
        #expect(try suspended(["usr_c"]).isEmpty)
    }
}

@Suite struct AuditTests {
    private let ada = Caller(userId: "usr_ada", tokenId: "tok_1", requestId: "req-1")
    private let bob = Caller(userId: "usr_bob", tokenId: "tok_2", requestId: "req-2")

    private func event(_ about: String?) -> AuditEvent {
        AuditEvent(
            TestChange.shareCreated, "shr_1", of: "ent_1", about: about, for: .platform,
            after: ["userId": .text("usr_x")])
    }

    @Test func `an entry has user, token, request and change`() async throws {
        let world = try JournalWorld()
        try await world.record(
            AuditEvent(
                TestChange.integrationUpdated, "int_9", about: "ent_1", for: .platform,
                before: nil,
                after: [
                    "scopes": .list(["a", "b"]), "readOnly": .bool(true), "expiresAt": .null,
                    "name": .text("\"quoted\"\nüml"),
                ]), by: ada)
        let entry = try #require(try world.list(AuditFilter(about: "ent_1")).items.first)
        #expect(entry.id.hasPrefix("aud_"))
        #expect(entry.at == world.clock.now())
        #expect(entry.actorId == "usr_ada" && entry.tokenId == "tok_1")
        #expect(entry.actingId == nil)
        #expect(entry.requestId == "req-1")
        #expect(entry.action == "integration.updated")
        #expect(entry.subject == AuditEntryBody.Subject(type: "integration", id: "int_9"))
        #expect(entry.parent == nil)
        #expect(entry.before == nil)
        #expect(entry.after?.members["scopes"] == .list(["a", "b"]))
        #expect(entry.after?.members["readOnly"] == .bool(true))
        #expect(entry.after?.members["expiresAt"] == .null)
        #expect(entry.after?.members["name"] == .text("\"quoted\"\nüml"))
    }

    @Test func `an entry names the thing that its subject belongs to`() async throws {
        let world = try JournalWorld()
        try await world.record(event(nil), by: ada)
        let entry = try #require(try world.list(AuditFilter()).items.first)
        #expect(entry.subject == AuditEntryBody.Subject(type: "share", id: "shr_1"))
        #expect(entry.parent == AuditEntryBody.Subject(type: "entity", id: "ent_1"))
    }

    @Test func `a change by the system has no actor`() async throws {
        let world = try JournalWorld()
        try await world.record(event(nil), by: nil)
        let entry = try #require(try world.list(AuditFilter()).items.first)
        #expect(entry.actorId == nil && entry.tokenId == nil && entry.requestId == nil)
    }

    @Test func `an entry of a user who was acted for names the admin`() async throws {
        let world = try JournalWorld()
        let actor = Caller(userId: "usr_ada", tokenId: "tok_1", actingId: "usr_root")
        try await world.record(event("ent_1"), by: actor)
        try await world.record(event("ent_1"), by: EventActor(actor).caller)
        let entries = try world.list(AuditFilter(about: "ent_1")).items
        #expect(entries.map(\.actorId) == ["usr_ada", "usr_ada"])
        #expect(entries.map(\.actingId) == ["usr_root", "usr_root"])
    }

    @Test func `lists are newest first and filtered by thing, actor and time`() async throws {
        let world = try JournalWorld()
        let start = world.clock.now()
        for index in 0..<6 {
            try await world.record(
                event(index.isMultiple(of: 2) ? "ent_1" : "ent_2"), by: index < 3 ? ada : bob)
        }
        let all = try world.list(AuditFilter())
        #expect(all.total == 6)
        #expect(all.items.map(\.at) == all.items.map(\.at).sorted(by: >))
        #expect(try world.list(AuditFilter(about: "ent_1")).total == 3)
        #expect(try world.list(AuditFilter(about: "ent_1", actorId: "usr_ada")).total == 2)
        #expect(try world.list(AuditFilter(actorId: "usr_bob")).total == 3)
        // From is included, to is not.
        let middle = AuditFilter(from: start.adding(seconds: 2), to: start.adding(seconds: 4))
        #expect(try world.list(middle).total == 2)
        var ofActor = middle
        ofActor.actorId = "usr_ada"
        #expect(
            try world.list(ofActor).items.map(\.at) == [
                start.adding(seconds: 3), start.adding(seconds: 2),
            ])
        let second = try world.list(AuditFilter(), PageRequest(page: 2, size: 4))
        #expect(second.items.map(\.id) == all.items.suffix(2).map(\.id))
        let tail = try world.database.read {
            try AuditStore.tail(AuditTailQuery(filter: AuditFilter(), limit: 2), in: $0)
        }
        #expect(tail.total == 6 && tail.entries.map(\.id) == all.items.prefix(2).map(\.id))
    }

    @Test func `entries can't be changed or deleted`() async throws {
        let world = try JournalWorld()
        try await world.record(event("ent_1"), by: ada)
        await #expect(throws: DatabaseError.self) {
            try await world.database.write { tx in
                try tx.execute("UPDATE audit SET actor_id = 'usr_eve' WHERE about = 'ent_1'")
            }
        }
        await #expect(throws: DatabaseError.self) {
            try await world.database.write { tx in
                try tx.execute("DELETE FROM audit WHERE about = 'ent_1'")
            }
        }
        #expect(try world.list(AuditFilter(about: "ent_1")).items.first?.actorId == "usr_ada")
    }

    @Test func `a change that fails leaves no entry`() async throws {
        let world = try JournalWorld()
        let change = world.write(by: ada) { [log = world.log, ada] tx in
            try log.record(event("ent_1"), by: ada, in: tx)
        }
        await #expect(throws: Fault.notFound) {
            try await change.commit { _, _ in throw Fault.notFound }
        }
        #expect(try world.list(AuditFilter()).total == 0)
    }
}

@Suite struct KeptAnswerTests {
    private let answer = StoredResponse(
        status: 201, fields: [StoredResponse.Field(name: "Location", value: "/x")],
        body: Array("{}".utf8))

    private func claim(_ key: String, user: String = "usr_1", of body: UInt8 = 1)
        -> IdempotencyClaim
    {
        IdempotencyClaim(userId: user, key: key, fingerprint: [body])
    }

    @Test func `a stored response is found by its user and key for a day`() async throws {
        let world = try JournalWorld()
        try await world.keep(answer, for: claim("a"))
        #expect(try world.kept(claim("a")) == answer)
        #expect(try world.kept(claim("b")) == nil)
        #expect(try world.kept(claim("a", user: "usr_2")) == nil)
        world.clock.advance(seconds: 24 * 60 * 60 - 1)
        #expect(try world.kept(claim("a")) == answer)
        world.clock.advance(seconds: 1)
        #expect(try world.kept(claim("a")) == nil)
    }

    @Test func `a second response to one key is refused with its write`() async throws {
        let world = try JournalWorld()
        try await world.keep(answer, for: claim("a"))
        let second = StoredResponse(status: 200, fields: [], body: [])
        await #expect(throws: Fault.idempotencyKeyInUse) {
            try await world.keep(second, for: claim("a"))
        }
        #expect(try world.kept(claim("a")) == answer)
        world.clock.advance(seconds: 24 * 60 * 60)
        try await world.keep(second, for: claim("a"))
        #expect(try world.kept(claim("a")) == second)
    }

    @Test func `stored responses of a user are limited until they are purged`() async throws {
        let world = try JournalWorld()
        try await world.keep(answer, for: claim("a"))
        _ = try await world.database.write { tx in
            try tx.execute(
                "UPDATE stored_response_usage SET responses = ?1 WHERE user_id = 'usr_1'",
                .int(IdempotencyClaim.maximumPerUser))
        }
        let refused = await #expect(throws: Fault.self) {
            try await world.keep(answer, for: claim("b"))
        }
        #expect(refused?.kind == .rateLimited && refused?.code == "too_many_idempotency_keys")
        try await world.keep(answer, for: claim("b", user: "usr_2"))
        world.clock.advance(seconds: 24 * 60 * 60)
        #expect(try await world.database.write { try StoredResponse.purge(limit: 9, in: $0) } == 2)
        try await world.keep(answer, for: claim("b"))
    }

    @Test(arguments: FakeClock.errors.filter { $0 > 0 })
    func `a stored response with a future date is kept for a day from now`(error: Int64)
        async throws
    {
        let world = try JournalWorld()
        let purge = {
            try await world.database.write { try StoredResponse.purge(limit: 3, in: $0) }
        }
        try await world.clock.wrong(by: error) { try await world.keep(answer, for: claim("a")) }
        // Whoever repeats the request meanwhile has no second effect.
        #expect(try world.kept(claim("a")) == answer)
        _ = try await purge()
        world.clock.advance(seconds: 86_399)
        _ = try await purge()
        #expect(try world.kept(claim("a")) == answer)
        world.clock.advance(seconds: 1)
        #expect(try await purge() == 1)
        #expect(try world.kept(claim("a")) == nil)
    }

    @Test func `responses dated in the future are redated in batches, before old ones are deleted`()
        async throws
    {
        let world = try JournalWorld()
        let purge = {
            try await world.database.write { try StoredResponse.purge(limit: 3, in: $0) }
        }
        try await world.clock.wrong(by: 30 * 86_400) {
            for index in 0..<4 { try await world.keep(answer, for: claim("a\(index)")) }
        }
        // Whoever purges comes again as long as there may be more.
        #expect(try await purge() == 3)
        #expect(try await purge() == 0)
        world.clock.advance(seconds: 86_400)
        #expect(try await purge() == 3)
        #expect(try await purge() == 1)
    }

    @Test func `stored responses are purged after a day, in batches`() async throws {
        let world = try JournalWorld()
        for index in 0..<5 { try await world.keep(answer, for: claim("old-\(index)")) }
        world.clock.advance(seconds: 24 * 60 * 60)
        try await world.keep(answer, for: claim("new"))
        let purge = {
            try await world.database.write { try StoredResponse.purge(limit: 3, in: $0) }
        }
        #expect(try await purge() == 3)
        #expect(try await purge() == 2)
        #expect(try await purge() == 0)
        #expect(try world.kept(claim("new")) == answer)
    }
}
