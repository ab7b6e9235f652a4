import EntitiesContract
import Kernel
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import Entities

@Suite struct UserDeletedTests {
    let world: World
    let ada: Caller
    let bob: Caller
    let root: Caller

    init() throws {
        world = try World()
        ada = world.user("ada")
        bob = world.user("bob")
        root = world.user("root")
    }

    func delete(_ user: Caller, event: String = "evt_1") async throws {
        world.later()
        try await world.useCases.onUserDeleted(
            user.userId, by: root, eventId: event)
    }

    @Test func `a deleted user's entity goes to its longest-standing other publisher`() async throws
    {
        let entity = try await world.entity(by: ada)
        try await world.addPublisher(bob, to: entity, by: ada)
        try await world.addPublisher(world.user("cyd"), to: entity, by: ada)
        try await delete(ada)
        let found = try await world.useCases.getEntity(entity.id, by: bob).entity
        #expect(found.ownerId == bob.userId)
        #expect(found.updatedAt == world.now)
        #expect(try world.publisherIds(of: entity) == ["usr_cyd", bob.userId])
    }

    @Test func `an entity goes to no publisher who is suspended`() async throws {
        let cyd = world.user("cyd")
        let (shared, alone) = (try await world.entity(by: ada), try await world.entity(by: ada))
        for entity in [shared, alone] {
            try await world.addPublisher(bob, to: entity, by: ada)
        }
        try await world.addPublisher(cyd, to: shared, by: ada)
        try await world.database.write {
            try SuspendedUsers.set("usr_bob", isSuspended: true, in: $0)
        }
        try await delete(ada)
        #expect(
            try await world.useCases.getEntity(shared.id, by: cyd).entity.ownerId == cyd.userId)
        #expect(
            try await world.useCases.getEntity(alone.id, by: root).entity.ownerId == root.userId)
    }

    @Test func `an entity without other publishers goes to the admin`() async throws {
        let entity = try await world.entity(by: ada)
        try await delete(ada)
        let found = try await world.useCases.getEntity(entity.id, by: root)
        #expect(found.entity.ownerId == root.userId)
        #expect(try world.publisherIds(of: entity) == [root.userId])
    }

    @Test func `a transferred entity goes back to its longest-standing publisher`()
        async throws
    {
        let cyd = world.user("cyd")
        let entity = try await world.entity(by: ada)
        for user in [cyd, bob] { try await world.addPublisher(user, to: entity, by: ada) }
        world.later()
        _ = try await world.useCases.transferOwnership(of: entity.id, to: bob.userId, by: ada)
            .commit()
        try await delete(cyd, event: "evt_0")
        let owner = try await world.useCases.getEntity(entity.id, by: ada).entity.ownerId
        #expect(owner == bob.userId, "a publisher who is not the owner changes nothing")
        try await delete(bob)
        let found = try await world.useCases.getEntity(entity.id, by: ada).entity
        #expect(found.ownerId == ada.userId)
        #expect(try world.publisherIds(of: entity) == [ada.userId])
        #expect(try world.step(of: root, to: entity) == nil)
    }

    @Test func `shares, rights and installations of a deleted user end; shares they gave stay`()
        async throws
    {
        let mine = try await world.entity("Mine", by: ada)
        let theirs = try await world.entity("Theirs", by: bob)
        let third = try await world.entity("Third", by: bob)
        try await world.share(mine, with: "bob", by: ada)
        try await world.share(theirs, with: "ada", by: bob)
        try await world.addPublisher(ada, to: third, by: bob)
        _ = try await world.useCases.install(theirs.id, version: nil, by: ada).commit()
        try await delete(ada)
        for entity in [mine, theirs, third] {
            #expect(try world.step(of: ada, to: entity) == nil)
        }
        #expect(try world.step(of: bob, to: mine) == .directShare)
        let installed = try await world.useCases.listInstallations(PageRequest(), by: ada)
        #expect(installed.total == 0)
    }

    @Test func `an event is applied once`() async throws {
        let entity = try await world.entity(by: ada)
        let other = try await world.entity("Other", by: bob)
        try await delete(ada)
        // Another event with a known id shows that nothing is done.
        try await delete(bob)
        #expect(try world.publisherIds(of: other) == [bob.userId])
        try await delete(bob, event: "evt_2")
        #expect(try world.publisherIds(of: other) == [root.userId])
        #expect(try world.publisherIds(of: entity) == [root.userId])
    }

    @Test func `a request in progress writes nothing for a deleted user`() async throws {
        let entity = try await world.entity(by: bob)
        try await world.addPublisher(ada, to: entity, by: bob)
        try await delete(ada)
        await #expect(throws: Fault.self) { try await world.entity("Late", by: ada) }
        await #expect(throws: Fault.self) {
            try await world.addPublisher(ada, to: entity, by: bob)
        }
        try await world.share(entity, with: "ada", by: bob)
        #expect(try world.step(of: ada, to: entity) == nil)
    }

    @Test func `the owner can revoke shares that a deleted user gave`() async throws {
        let entity = try await world.entity(by: bob)
        try await world.share(entity, with: "ada", by: bob)
        let cyd = world.user("cyd")
        try await world.share(entity, with: "cyd", by: ada)
        try await delete(ada)
        #expect(try world.step(of: cyd, to: entity) == .directShare)
        #expect(try world.step(of: root, to: entity) == nil)
        let given = try await world.useCases.listSharesGiven(type: nil, PageRequest(), by: bob)
        let share = try #require(given.items.first?.share)
        try await world.useCases.removeShare(share.id, of: entity.id, by: bob).commit()
        #expect(try world.step(of: cyd, to: entity) == nil)
    }
}
