import Kernel
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import Entities

/// What must hold when requests come at the same moment.
@Suite struct RaceTests {
    @Test func `publishers who remove each other leave one who is the owner`() async throws {
        let world = try World()
        let ada = world.user("ada")
        let users = [ada, world.user("bob"), world.user("cyd")]
        for _ in 0..<100 {
            let entity = try await world.entity(by: ada)
            for user in users.dropFirst() {
                try await world.addPublisher(user, to: entity, by: ada)
            }
            // Everybody removes everybody, himself included.
            _ = await race(9) { index in
                try await world.useCases.removePublisher(
                    users[index % 3].userId, from: entity.id, by: users[index / 3]
                ).commit()
            }
            #expect(try world.publisherIds(of: entity) == [ada.userId])
        }
    }

    @Test func `whoever is made the owner while he is removed is a publisher if he is one`()
        async throws
    {
        let world = try World()
        let ada = world.user("ada")
        let bob = world.user("bob")
        for _ in 0..<100 {
            let entity = try await world.entity(by: ada)
            try await world.addPublisher(bob, to: entity, by: ada)
            _ = await race(2) { index in
                if index == 0 {
                    _ = try await world.useCases.transferOwnership(
                        of: entity.id, to: bob.userId, by: ada
                    ).commit()
                } else {
                    try await world.useCases.removePublisher(
                        bob.userId, from: entity.id, by: ada
                    ).commit()
                }
            }
            let owner = try world.database.read {
                try EntityStore.find(entity.id, in: $0)?.ownerId
            }
            #expect(try world.publisherIds(of: entity).contains(try #require(owner)))
        }
    }

    @Test func `twenty shares of one address create one`() async throws {
        let world = try World()
        let ada = world.user("ada")
        world.user("bob")
        let entity = try await world.entity(by: ada)
        let result = await race(20) { _ in try await world.share(entity, with: "bob", by: ada) }
        #expect(result.succeeded == 20)
        let shares = try await world.useCases.listShares(of: entity.id, PageRequest(), by: ada)
        #expect(shares.total == 1)
    }

    @Test func `one push of a version wins`() async throws {
        let world = try World()
        let ada = world.user("ada")
        let entity = try await world.entity(by: ada)
        let result = await race(20) { index in
            try await world.publish("1.0.0+\(index)", of: entity, by: ada)
        }
        #expect(result.succeeded == 1)
        #expect(Set(result.codes) == ["version_exists"])
    }

    @Test func `the latest version is the greatest of those pushed at once`() async throws {
        let world = try World()
        let ada = world.user("ada")
        let entity = try await world.entity(by: ada)
        let result = await race(20) { index in
            // The greatest first, so that a stale look would leave a smaller one.
            try await world.publish("1.\(19 - index).0", of: entity, by: ada, backport: true)
        }
        #expect(result.succeeded == 20)
        let latest = try await world.useCases.getEntity(entity.id, by: ada).entity.latestVersion
        #expect(latest == "1.19.0")
    }

    @Test func `one slug goes to one entity, derived ones to all`() async throws {
        let world = try World()
        let ada = world.user("ada")
        let explicit = await race(20) { _ in
            try await world.entity("Bot", by: ada, slug: "robot")
        }
        #expect(explicit.succeeded == 1)
        #expect(Set(explicit.codes) == ["slug_taken"])
        let derived = await race(20) { _ in try await world.entity("Bot", by: ada) }
        #expect(derived.succeeded == 20)
    }

    @Test func `who is removed meanwhile lets nobody in any more`() async throws {
        let world = try World()
        let ada = world.user("ada")
        let bob = world.user("bob")
        let cyd = world.user("cyd")
        for _ in 0..<100 {
            let entity = try await world.entity(by: ada)
            try await world.addPublisher(bob, to: entity, by: ada)
            _ = await race(2) { index in
                if index == 0 {
                    try await world.addPublisher(cyd, to: entity, by: bob)
                } else {
                    // Whom bob let in before goes after him; he lets nobody in after that.
                    for user in [bob, cyd] {
                        try await world.useCases.removePublisher(
                            user.userId, from: entity.id, by: ada
                        ).commit()
                    }
                }
            }
            #expect(try world.publisherIds(of: entity) == [ada.userId])
        }
    }
}
