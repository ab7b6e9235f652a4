import Kernel
import SQLite
import Synchronization
import TestSupport
import Testing
import WriteKit

@testable import Entities

/// Parallel requests.
@Suite struct RaceTests {
    @Test func `publishers who remove each other leave only the owner`() async throws {
        let world = try World()
        let ada = world.user("ada")
        let users = [ada, world.user("bob"), world.user("cyd")]
        for _ in 0..<100 {
            let entity = try await world.entity(by: ada)
            for user in users.dropFirst() {
                try await world.addPublisher(user, to: entity, by: ada)
            }
            // Everybody removes everybody, themselves included.
            _ = await race(9) { index in
                try await world.useCases.removePublisher(
                    users[index % 3].userId, from: entity.id, by: users[index / 3]
                ).commit()
            }
            #expect(try world.publisherIds(of: entity) == [ada.userId])
        }
    }

    @Test func `the owner stays a publisher when ownership transfer and removal race`()
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

    @Test func `sharing with one address twenty times in parallel creates one share`() async throws
    {
        let world = try World()
        let ada = world.user("ada")
        world.user("bob")
        let entity = try await world.entity(by: ada)
        let result = await race(20) { _ in try await world.share(entity, with: "bob", by: ada) }
        #expect(result.succeeded == 20)
        let shares = try await world.useCases.listShares(of: entity.id, PageRequest(), by: ada)
        #expect(shares.total == 1)
    }

    @Test func `once resharing is off, no share by others is created`() async throws {
        let world = try World()
        let ada = world.user("ada")
        let bob = world.user("bob")
        world.user("cyd")
        for _ in 0..<50 {
            let entity = try await world.entity(by: ada)
            try await world.share(entity, with: "bob", by: ada)
            let counted = Mutex(0)
            let result = await race(4) { index in
                if index == 0 {
                    _ = try await world.useCases.updateEntity(
                        entity.id, try EntityUpdate(resharing: .value("publishers")), by: ada
                    ).commit()
                    let shares = try await world.useCases.listShares(
                        of: entity.id, PageRequest(), by: ada)
                    counted.withLock { $0 = shares.total }
                } else {
                    try await world.share(entity, with: "cyd", by: bob)
                }
            }
            #expect(Set(result.codes).isSubset(of: ["resharing_off"]))
            let shares = try await world.useCases.listShares(
                of: entity.id, PageRequest(), by: ada)
            #expect(shares.total == counted.withLock { $0 })
        }
    }

    @Test func `of parallel pushes of one version one succeeds`() async throws {
        let world = try World()
        let ada = world.user("ada")
        let entity = try await world.entity(by: ada)
        let result = await race(20) { index in
            try await world.publish("1.0.0+\(index)", of: entity, by: ada)
        }
        #expect(result.succeeded == 1)
        #expect(Set(result.codes) == ["version_exists"])
    }

    @Test func `after parallel pushes the latest version is the greatest`() async throws {
        let world = try World()
        let ada = world.user("ada")
        let entity = try await world.entity(by: ada)
        let result = await race(20) { index in
            // The greatest first, so that a stale read would leave a smaller one.
            try await world.publish("1.\(19 - index).0", of: entity, by: ada, backport: true)
        }
        #expect(result.succeeded == 20)
        let latest = try await world.useCases.getEntity(entity.id, by: ada).entity.latestVersion
        #expect(latest == "1.19.0")
    }

    @Test func `of parallel creations one gets an explicit slug, and all get derived ones`()
        async throws
    {
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

    @Test func `a publisher who is removed can't add another one meanwhile`() async throws {
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
                    // If bob added cyd first, cyd is removed after bob; later bob can add nobody.
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
