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

    @Test func `a user can create as many entities as the quota, whoever owns them later`()
        async throws
    {
        @Sendable func create(
            _ uses: EntitiesUseCases, _ number: Int, by caller: Caller
        ) async throws -> Entity {
            try await uses.createEntity(
                try EntityDraft(name: "N\(number)", type: "app"), by: caller
            )
            .commit()
        }
        let full = try await expectQuota(\.quotas.entities, of: world.useCases) { [ada, bob] in
            _ = try await $0.transferOwnership(of: $1.id, to: bob.userId, by: ada).commit()
            let full = $0
            #expect(await fault { try await create(full, 29, by: ada) } != nil)
            try await $0.deleteEntity($1.id, by: bob).commit()
        } add: { [ada] in
            try await create($0, $1, by: ada)
        }
        for number in 40..<42 { _ = try await create(full, number, by: bob) }
    }

    @Test func `a user can push as many versions as the quota`() async throws {
        let entity = try await world.entity(by: ada)
        try await world.addPublisher(bob, to: entity, by: ada)
        let full = try await expectQuota(
            \.quotas.versions, of: world.useCases,
            add: { [ada] in
                try await $0.pushVersion(
                    try draft("1.0.\($1)", backport: true), of: entity.id, by: ada
                ).commit()
            })
        _ = try await full.pushVersion(try draft("9.0.0"), of: entity.id, by: bob).commit()
    }

    @Test func `a user can share as often as the quota, and a share counts for its giver`()
        async throws
    {
        for index in 0..<30 { world.user("u\(index)") }
        let entity = try await world.entity(by: ada)
        try await world.share(entity, with: "bob", by: ada)
        @Sendable func share(
            _ uses: EntitiesUseCases, _ names: [String], by caller: Caller
        ) async throws -> String {
            let addressees = try Addressees(names.map { "\($0)@example.com" })
            return try await uses.shareEntity(entity.id, with: addressees, by: caller).commit()
                .created[0].share.id
        }
        let full = try await expectQuota(\.quotas.shares, of: world.useCases, used: 1) { [ada] in
            try await $0.removeShare($1, of: entity.id, by: ada).commit()
        } add: { [ada] in
            // A user who has access already needs no quota.
            try await share($0, ["bob", "u\($1)"], by: ada)
        }
        _ = try await share(full, ["u28"], by: bob)
    }

    @Test func `a request to share beyond the quota creates no share at all`() async throws {
        for index in 1..<4 { world.user("u\(index)") }
        var useCases = world.useCases
        useCases.quotas.shares.limit = 2
        let limited = useCases
        let entity = try await world.entity(by: ada)
        let refused = try await world.refusal {
            let addressees = try Addressees(["u1", "u2", "u3"].map(world.email))
            _ = try await limited.shareEntity(entity.id, with: addressees, by: ada).commit()
        }
        #expect(refused?.code == "quota_exceeded")
    }

    @Test func `an entity can have as many publishers as the quota, a new owner included`()
        async throws
    {
        for index in 0..<30 { world.user("u\(index)") }
        let entity = try await world.entity(by: ada)
        let full = try await expectQuota(\.quotas.publishers, of: world.useCases, used: 1) {
            [ada] in
            try await $0.removePublisher($1, from: entity.id, by: ada).commit()
        } add: { [ada] in
            _ = try await $0.addPublisher("usr_u\($1)", to: entity.id, by: ada).commit()
            return "usr_u\($1)"
        }
        let other = try #require(try world.publisherIds(of: entity).first { $0 != ada.userId })
        // Already a publisher.
        _ = try await full.addPublisher(other, to: entity.id, by: ada).commit()
        let refused = await fault {
            try await full.transferOwnership(of: entity.id, to: bob.userId, by: ada).commit()
        }
        #expect(refused?.code == "quota_exceeded")
        _ = try await full.transferOwnership(of: entity.id, to: other, by: ada).commit()
    }

    @Test func `a user can install as many entities as the quota`() async throws {
        var entities: [Entity] = []
        for index in 0..<30 { entities.append(try await world.entity("E\(index)", by: ada)) }
        let all = entities
        let full = try await expectQuota(\.quotas.installations, of: world.useCases) { [ada] in
            try await $0.uninstall($1, by: ada).commit()
        } add: { [ada] in
            _ = try await $0.install(all[$1].id, version: nil, by: ada).commit()
            return all[$1].id
        }
        // Installing again does not count.
        _ = try await full.install(all[22].id, version: nil, by: ada).commit()
    }

    @Test func `the migration counts existing rows`() async throws {
        let used = try await countedQuotas(entitiesMigrations) { tx in
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
        #expect(
            used == [
                "entities usr_ada 2", "installations usr_b 1", "publishers a 1", "publishers b 1",
                "shares usr_ada 1",
            ])
    }
}
