import Kernel
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import Organizations

/// Publishing entities and unpublishing them.
@Suite struct PublishTests {
    let world: World
    let ada: Caller
    let bob: Caller
    let eve: Caller
    let acme: Organization

    /// Ada is an owner, bob a member, eve a stranger.
    init() async throws {
        world = try World()
        ada = world.user("ada")
        bob = world.user("bob")
        eve = world.user("eve")
        acme = try await world.organization(by: ada)
        try await world.join(bob, acme, by: ada)
    }

    func unpublish(_ entityId: String, by caller: Caller) async throws {
        try await world.useCases.unpublish(entityId, from: acme.id, by: caller).commit()
    }

    func list(
        _ type: String? = nil, _ page: PageRequest = PageRequest(), by caller: Caller
    ) throws -> Page<Publication> {
        try world.useCases.listPublications(of: acme.id, type: type, page, by: caller)
    }

    // MARK: Publishing

    @Test func `a publication shows the entity's name and type`() async throws {
        let entity = world.entities.add("Deploy Bot", type: "service", by: bob)
        let made = try await world.publish(entity, to: acme, by: bob)
        #expect(IDMinter.isWellFormed(made.id, prefix: "pub_"))
        #expect(made.entity == PublishedEntity(id: entity, name: "Deploy Bot", type: "service"))
        #expect(!made.isPublic && made.publishedBy == bob.userId)
        #expect(made.publishedAt == world.clock.now() && made.updatedAt == made.publishedAt)
        #expect(try list(by: ada).items == [made])
    }

    @Test func `an entity is in a store once, and can be in many stores`() async throws {
        let entity = world.entities.add(by: ada, bob)
        try await world.publish(entity, to: acme, by: ada)
        let again = try await world.refusal { try await world.publish(entity, to: acme, by: bob) }
        #expect(again?.kind == .conflict && again?.code == "already_published")
        let bolt = try await world.organization("Bolt", by: bob)
        try await world.publish(entity, publicly: true, to: bolt, by: bob)
        #expect(try list(by: ada).items.map(\.isPublic) == [false])
        try await unpublish(entity, by: bob)
        #expect(try world.find(bolt.id)?.publicCount == 1)
    }

    @Test func `publishing needs a publisher of the entity who is a member with the scope`()
        async throws
    {
        let foreign = world.entities.add(by: eve)
        // Hidden and missing entities are both 404.
        for id in [foreign, "ent_01JHMZ0000000000000000000A", "ent_1", "", "usr_ada"] {
            let fault = try await world.refusal { try await world.publish(id, to: acme, by: bob) }
            #expect(fault == .notFound, "\(id)")
            #expect(try await world.refusal { try await unpublish(id, by: bob) } == .notFound)
        }
        world.entities.change(foreign) { $0.readers = [bob.userId] }
        let seen = try await world.refusal { try await world.publish(foreign, to: acme, by: bob) }
        #expect(seen?.code == "not_a_publisher")
        // Publishing is for members, even for a publisher of the entity.
        let outside = try await world.refusal {
            try await world.publish(foreign, to: acme, by: eve)
        }
        #expect(outside == .notFound)
        try await world.role("writer", ["org:write"], in: acme, by: ada)
        try await world.join(eve, acme, as: "writer", by: ada)
        let weak = try await world.refusal { try await world.publish(foreign, to: acme, by: eve) }
        #expect(weak?.code == "insufficient_role")
    }

    @Test func `a caller who sees the entity through a store gets not_a_publisher`() async throws {
        let entity = world.entities.add(by: eve)
        let bolt = try await world.organization("Bolt", by: eve)
        try await world.publish(entity, to: bolt, by: eve)
        #expect(
            try await world.refusal { try await world.publish(entity, to: acme, by: bob) }
                == .notFound)
        try await world.join(bob, bolt, by: eve)
        let member = try await world.refusal { try await world.publish(entity, to: acme, by: bob) }
        #expect(member?.code == "not_a_publisher")
        try await world.remove(bob, from: bolt, by: bob)
        let shown = try world.useCases.listPublications(
            of: bolt.id, type: nil, PageRequest(), by: eve)
        _ = try await world.useCases.updatePublication(
            try #require(shown.items.first).id, of: bolt.id, isPublic: true, by: eve
        ).commit()
        let open = try await world.refusal { try await world.publish(entity, to: acme, by: bob) }
        #expect(open?.code == "not_a_publisher")
    }

    @Test func `a caller who can't publish to the store causes no call to the entities service`()
        async throws
    {
        let entity = world.entities.add(by: eve)
        _ = try await world.refusal { try await world.publish(entity, to: acme, by: eve) }
        let root = world.admin()
        let fault = try await world.refusal { try await world.publish(entity, to: acme, by: root) }
        #expect(fault?.code == "not_a_member")
        #expect(world.entities.calls == 0)
    }

    @Test func `while the entities service is down, entities can't be published or unpublished`()
        async throws
    {
        let entity = world.entities.add(by: bob)
        let made = try await world.publish(entity, to: acme, by: bob)
        world.entities.isDown = true
        let other = world.entities.add(by: bob)
        for fault in [
            try await world.refusal { try await world.publish(other, to: acme, by: bob) },
            try await world.refusal { try await unpublish(entity, by: bob) },
        ] {
            #expect(fault?.kind == .unavailable && fault?.code == "entities_unavailable")
            #expect(fault?.retryAfter == 1)
        }
        // The store itself still works, names included.
        #expect(try list(by: bob).items.map(\.entity.name) == ["Bot"])
        _ = try await world.useCases.updatePublication(
            made.id, of: acme.id, isPublic: false, by: bob
        ).commit()
        try await world.useCases.deletePublication(made.id, of: acme.id, by: bob).commit()
        #expect(try list(by: bob).total == 0)
    }

    @Test func `an entity that is deleted after the publisher check is not published`() async throws
    {
        let entity = world.entities.add(by: bob)
        let change = try await world.useCases.publish(
            entity, publicly: true, to: acme.id, by: bob)
        _ = try await world.useCases.onEntityDeleted(entity, by: bob, eventId: "evt_1")
        #expect(try await world.refusal { try await change.commit() } == .notFound)
        #expect(try world.find(acme.id)?.publicCount == 0)
    }

    @Test func `a caller who leaves after the publisher check publishes nothing`() async throws {
        let entity = world.entities.add(by: bob)
        let change = try await world.useCases.publish(
            entity, publicly: true, to: acme.id, by: bob)
        try await world.remove(bob, from: acme, by: ada)
        #expect(try await world.refusal { try await change.commit() } == .notFound)
    }

    // MARK: Unpublishing

    @Test
    func
        `only publishers unpublish an entity, every role that can publish deletes publications`()
        async throws
    {
        let entity = world.entities.add(by: bob)
        let made = try await world.publish(entity, to: acme, by: bob)
        world.entities.change(entity) { $0.readers = [ada.userId] }
        #expect(
            try await world.refusal { try await unpublish(entity, by: ada) }?.code
                == "not_a_publisher")
        try await unpublish(entity, by: bob)
        #expect(try await world.refusal { try await unpublish(entity, by: bob) } == .notFound)
        let second = try await world.publish(entity, to: acme, by: bob)
        #expect(second.id != made.id)
        try await world.useCases.deletePublication(second.id, of: acme.id, by: ada).commit()
        #expect(try list(by: bob).total == 0)
        #expect(
            try world.actions(of: acme).suffix(4) == [
                "publication.created", "publication.removed", "publication.created",
                "publication.removed",
            ])
    }

    // MARK: Lists

    @Test func `a store is listed newest first, in pages, optionally by type`() async throws {
        var ids: [String] = []
        for index in 0..<7 {
            let type = index % 2 == 0 ? "app" : "chat_extension"
            let entity = world.entities.add("E\(index)", type: type, by: ada)
            ids.append(
                try await world.publish(entity, publicly: index < 3, to: acme, by: ada).id)
        }
        let pages = try (1...4).map { try list(nil, PageRequest(page: $0, size: 3), by: bob) }
        #expect(pages.flatMap(\.items).map(\.id) == ids.reversed())
        #expect(pages.allSatisfy { $0.total == 7 } && pages[3].items.isEmpty)
        let apps = try list("app", PageRequest(page: 2, size: 3), by: bob)
        #expect(apps.total == 4 && apps.items.map(\.entity.name) == ["E0"])
        #expect(try list("service", by: bob).total == 0)
        // Others see the public ones, in the total too.
        let open = try list("app", by: eve)
        #expect(open.total == 2 && open.items.map(\.entity.name) == ["E2", "E0"])
    }
}
