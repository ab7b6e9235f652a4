import EntitiesContract
import Kernel
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import Entities

/// The quotas of users and entities.
@Suite struct QuotaTests {
    private let world: World
    private let ada: Caller
    private let bob: Caller

    init() throws {
        world = try World()
        ada = world.user("ada")
        bob = world.user("bob")
    }

    /// The use cases with lower limits.
    private func limited(_ change: (inout EntityQuotas) -> Void) -> EntitiesUseCases {
        var useCases = world.useCases
        change(&useCases.quotas)
        return useCases
    }

    /// Twenty in parallel, with room for one.
    private func expectOne(
        at location: SourceLocation = #_sourceLocation,
        _ body: @escaping @Sendable (Int) async throws -> Void
    ) async {
        let result = await race(20, body)
        #expect(result.succeeded == 1, sourceLocation: location)
        #expect(
            result.codes == Array(repeating: "quota_exceeded", count: 19),
            sourceLocation: location)
    }

    private func create(_ name: String, _ useCases: EntitiesUseCases, by caller: Caller)
        async throws -> Entity
    {
        try await useCases.createEntity(try EntityDraft(name: name, type: "app"), by: caller)
            .commit()
    }

    @Test func `a user can create as many entities as the quota, even in parallel`() async throws {
        let useCases = limited { $0.entities.limit = 3 }
        let first = try await create("One", useCases, by: ada)
        _ = try await create("Two", useCases, by: ada)
        await expectOne { [self] in _ = try await create("N\($0)", useCases, by: ada) }
        _ = try await create("Another's", useCases, by: bob)
        try await useCases.deleteEntity(first.id, by: ada).commit()
        _ = try await create("In its place", useCases, by: ada)
        #expect(await fault { try await create("More", useCases, by: ada) }?.kind == .conflict)
    }

    @Test func `an entity counts for its creator, whoever owns it`() async throws {
        let useCases = limited { $0.entities.limit = 1 }
        let entity = try await create("One", useCases, by: ada)
        _ = try await useCases.transferOwnership(of: entity.id, to: bob.userId, by: ada).commit()
        #expect(
            await fault { try await create("Two", useCases, by: ada) }?.code == "quota_exceeded")
        _ = try await create("Bob's own", useCases, by: bob)
        try await useCases.deleteEntity(entity.id, by: bob).commit()
        _ = try await create("Two", useCases, by: ada)
    }

    @Test func `a user can push as many versions as the quota`() async throws {
        let entity = try await world.entity(by: ada)
        try await world.addPublisher(bob, to: entity, by: ada)
        let useCases = limited { $0.versions.limit = 2 }
        try await world.publish("1.0.0", of: entity, by: ada)
        await expectOne {
            _ = try await useCases.pushVersion(
                try draft("1.0.\($0 + 1)", backport: true), of: entity.id, by: ada
            ).commit()
        }
        _ = try await useCases.pushVersion(try draft("9.0.0"), of: entity.id, by: bob).commit()
    }

    @Test func `a request to share beyond the quota creates no share at all`() async throws {
        for index in 0..<22 { world.user("u\(index)") }
        let useCases = limited { $0.shares.limit = 3 }
        let entity = try await world.entity(by: ada)
        let others = try await world.entity(by: bob)
        try await world.share(entity, with: "u0", by: ada)
        let refused = await fault {
            let addressees = try Addressees(["u1", "u2", "u3"].map(world.email))
            _ = try await useCases.shareEntity(entity.id, with: addressees, by: ada).commit()
        }
        #expect(refused?.code == "quota_exceeded")
        #expect(try world.step(of: Caller(userId: "usr_u1"), to: entity) == nil)
        try await world.share(entity, with: "u1", by: ada)
        // A user who already has access needs no quota.
        await expectOne { [world] index in
            let addressees = try Addressees(["u0", "u\(2 + index)"].map(world.email))
            _ = try await useCases.shareEntity(entity.id, with: addressees, by: ada).commit()
        }
        try await world.share(others, with: "u0", by: bob)
        // A share counts for its giver, not for the owner.
        try await world.share(entity, with: "bob", by: ada)
        let last = try Addressees([world.email("last")])
        world.user("last")
        _ = try await useCases.shareEntity(entity.id, with: last, by: bob).commit()
    }

    @Test func `an entity can have as many publishers as the quota, a new owner included`()
        async throws
    {
        for index in 0..<20 { world.user("u\(index)") }
        let useCases = limited { $0.publishers.limit = 2 }
        let entity = try await world.entity(by: ada)
        await expectOne {
            _ = try await useCases.addPublisher("usr_u\($0)", to: entity.id, by: ada).commit()
        }
        let other = try #require(try world.publisherIds(of: entity).first { $0 != ada.userId })
        // Already a publisher.
        _ = try await useCases.addPublisher(other, to: entity.id, by: ada).commit()
        let refused = await fault {
            try await useCases.transferOwnership(of: entity.id, to: bob.userId, by: ada).commit()
        }
        #expect(refused?.code == "quota_exceeded")
        _ = try await useCases.transferOwnership(of: entity.id, to: other, by: ada).commit()
    }

    @Test func `a user can install as many entities as the quota`() async throws {
        let useCases = limited { $0.installations.limit = 2 }
        var entities: [Entity] = []
        for index in 0..<21 { entities.append(try await world.entity("E\(index)", by: ada)) }
        let all = entities
        _ = try await useCases.install(all[20].id, version: nil, by: ada).commit()
        await expectOne {
            _ = try await useCases.install(all[$0].id, version: nil, by: ada).commit()
        }
        // Installing again does not count.
        _ = try await useCases.install(all[20].id, version: nil, by: ada).commit()
        try await useCases.uninstall(all[20].id, by: ada).commit()
        _ = try await useCases.install(all[20].id, version: nil, by: ada).commit()
    }

    @Test func `the migration counts existing rows`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/entities.sqlite"
        let index = try #require(entitiesMigrations.firstIndex { $0.name == "quotas" })
        let old = try Database(
            path: path, migrations: Array(entitiesMigrations[..<index]), readers: 0,
            clock: FakeClock())
        try await old.write { tx in
            for id in ["a", "b"] {
                try tx.execute(
                    """
                    INSERT INTO entities (id, name, slug, type, owner_id, created_at, updated_at,
                        search_text)
                    VALUES (?1, 'N', ?1, 'app', 'usr_ada', 0, 0, '')
                    """, .text(id))
                try tx.execute(
                    """
                    INSERT INTO publishers (user_id, entity_id, added_by, added_at)
                    VALUES ('usr_ada', ?1, 'usr_ada', 0)
                    """, .text(id))
            }
            try tx.execute("INSERT INTO shares VALUES ('s', 'a', 'usr_b', 'usr_ada', 0)")
            try tx.execute("INSERT INTO installations VALUES ('usr_b', 'a', NULL, 0)")
        }
        old.close()
        let new = try Database(
            path: path, migrations: entitiesMigrations, readers: 0, clock: FakeClock())
        defer { new.close() }
        let used = try new.read { db in
            try db.rows("SELECT quota || ' ' || holder || ' ' || used FROM quota_usage") {
                $0.text(0)
            }
        }
        #expect(
            used.sorted() == [
                "entities usr_ada 2", "installations usr_b 1", "publishers a 1", "publishers b 1",
                "shares usr_ada 1",
            ])
    }
}
