import Contract
import EntitiesContract
import Kernel
import TestSupport
import Testing
import WriteKit

@testable import Entities

@Suite struct PublisherListTests {
    let world: World
    let ada: Caller
    let bob: Caller

    init() throws {
        world = try World()
        ada = world.user("ada")
        bob = world.user("bob")
    }

    @Test func `adding a publisher again returns the first addition`() async throws {
        let entity = try await world.entity(by: ada)
        world.later()
        let first = try await world.useCases.addPublisher(bob.userId, to: entity.id, by: ada)
            .commit()
        world.later()
        let second = try await world.useCases.addPublisher(bob.userId, to: entity.id, by: ada)
            .commit()
        #expect(first.isNew && !second.isNew)
        #expect(first.0 == second.0)
        #expect(first.0.publisher.addedBy == ada.userId)
    }

    @Test func `only callers who can add publishers learn that a user does not exist`() async throws
    {
        let entity = try await world.entity(by: ada)
        try await world.share(entity, with: "bob", by: ada)
        let eve = world.user("eve")
        for (caller, code) in [
            (ada, "validation_failed"), (bob, "not_a_publisher"), (eve, "not_found"),
        ] {
            let fault = await fault {
                try await world.useCases.addPublisher("usr_nobody", to: entity.id, by: caller)
                    .commit()
            }
            #expect(fault?.code == code)
        }
    }

    @Test func `publishers are listed newest first, with the owner marked`() async throws {
        let entity = try await world.entity(by: ada)
        try await world.addPublisher(bob, to: entity, by: ada)
        let page = try await world.useCases.listPublishers(of: entity.id, PageRequest(), by: bob)
        #expect(page.items.map(\.user.username) == ["bob", "ada"])
        #expect(page.items.map(\.isOwner) == [false, true])
        #expect(page.total == 2)
    }

    @Test func `any publisher can remove any other, except the owner and the last one`()
        async throws
    {
        let entity = try await world.entity(by: ada)
        func remove(_ user: Caller, by caller: Caller) async -> String? {
            await fault {
                try await world.useCases.removePublisher(user.userId, from: entity.id, by: caller)
                    .commit()
            }?.code
        }
        #expect(await remove(ada, by: ada) == "last_publisher")
        #expect(await remove(bob, by: ada) == "not_found")
        try await world.addPublisher(bob, to: entity, by: ada)
        #expect(await remove(ada, by: bob) == "owner_is_publisher")
        #expect(await remove(bob, by: bob) == nil)
        #expect(try world.publisherIds(of: entity) == [ada.userId])
    }

    @Test func `a removed publisher keeps an earlier share`() async throws {
        let entity = try await world.entity(by: ada)
        try await world.share(entity, with: "bob", by: ada)
        try await world.addPublisher(bob, to: entity, by: ada)
        #expect(try world.step(of: bob, to: entity) == .publisher)
        try await world.useCases.removePublisher(bob.userId, from: entity.id, by: ada).commit()
        #expect(try world.step(of: bob, to: entity) == .directShare)
    }

    @Test func `the status is false for hidden and missing entities alike`() async throws {
        let entity = try await world.entity(by: ada)
        #expect(try world.useCases.isPublisher(ada.userId, of: entity.id))
        #expect(try !world.useCases.isPublisher(bob.userId, of: entity.id))
        #expect(try !world.useCases.isPublisher(ada.userId, of: "ent_missing"))
    }
}
