import Kernel
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import Organizations

/// Which callers see which publications.
@Suite struct PublicStoreTests {
    let world: World
    let ada: Caller
    let eve: Caller
    let root: Caller
    let acme: Organization

    init() async throws {
        world = try World()
        ada = world.user("ada")
        eve = world.user("eve")
        root = world.admin()
        acme = try await world.organization(by: ada)
    }

    func get(_ id: String, by caller: Caller) throws -> Publication {
        try world.useCases.getPublication(id, of: acme.id, by: caller)
    }

    func show(_ id: String, _ isPublic: Bool?, by caller: Caller) async throws -> Publication {
        world.later()
        return try await world.useCases.updatePublication(
            id, of: acme.id, isPublic: isPublic, by: caller
        ).commit()
    }

    func delete(_ id: String, by caller: Caller) async throws {
        try await world.useCases.deletePublication(id, of: acme.id, by: caller).commit()
    }

    func list(by caller: Caller) throws -> [String] {
        try world.useCases.listPublications(
            of: acme.id, type: nil, PageRequest(), by: caller
        ).items.map(\.id)
    }

    func stores(_ search: String? = nil) throws -> [String] {
        try world.useCases.listPublicStores(search: search, PageRequest()).items.map(\.name)
    }

    @Test func `a store without public publications is a 404 for others`() async throws {
        let hidden = try await world.publish(world.entities.add(by: ada), to: acme, by: ada)
        let before = try world.database.dump()
        for caller in [eve, root] {
            #expect(fault { try list(by: caller) } == .notFound)
            #expect(fault { try get(hidden.id, by: caller) } == .notFound)
            #expect(await fault { try await show(hidden.id, true, by: caller) } == .notFound)
            #expect(await fault { try await delete(hidden.id, by: caller) } == .notFound)
        }
        #expect(try world.database.dump() == before)
    }

    @Test func `others see a store's public publications and can't change them`()
        async throws
    {
        let hidden = try await world.publish(world.entities.add(by: ada), to: acme, by: ada)
        let open = try await world.publish(
            world.entities.add(by: ada), publicly: true, to: acme, by: ada)
        let before = try world.database.dump()
        for caller in [eve, root] {
            #expect(try list(by: caller) == [open.id])
            #expect(try get(open.id, by: caller) == open)
            #expect(fault { try get(hidden.id, by: caller) } == .notFound)
            #expect(await fault { try await show(hidden.id, true, by: caller) } == .notFound)
            #expect(await fault { try await delete(hidden.id, by: caller) } == .notFound)
            #expect(
                await fault { try await show(open.id, false, by: caller) }?.code == "not_a_member")
            #expect(await fault { try await delete(open.id, by: caller) }?.code == "not_a_member")
        }
        #expect(try list(by: ada) == [open.id, hidden.id])
        #expect(try world.database.dump() == before)
    }

    @Test func `members see all publications and change what their role permits`() async throws {
        let bob = world.user("bob")
        let entity = world.entities.add(by: ada, bob)
        let hidden = try await world.publish(entity, to: acme, by: ada)
        try await world.role("bare", [], in: acme, by: ada)
        try await world.join(bob, acme, as: "bare", by: ada)
        #expect(try get(hidden.id, by: bob) == hidden)
        #expect(
            await fault { try await show(hidden.id, true, by: bob) }?.code == "insufficient_role")
        #expect(await fault { try await delete(hidden.id, by: bob) }?.code == "insufficient_role")
        try await world.give("member", to: bob, in: acme, by: ada)
        let shown = try await show(hidden.id, true, by: bob)
        #expect(shown.isPublic && shown.updatedAt == world.clock.now())
        #expect(shown.publishedAt == hidden.publishedAt && shown.publishedBy == ada.userId)
        #expect(try get(hidden.id, by: eve) == shown)
    }

    @Test func `showing a public publication again changes nothing`() async throws {
        let made = try await world.publish(world.entities.add(by: ada), to: acme, by: ada)
        let before = try world.database.dump()
        #expect(try await show(made.id, nil, by: ada) == made)
        #expect(try await show(made.id, false, by: ada) == made)
        #expect(try world.database.dump() == before)
    }

    @Test func `a publication of another store is a 404`() async throws {
        let bolt = try await world.organization("Bolt", by: ada)
        let made = try await world.publish(
            world.entities.add(by: ada), publicly: true, to: bolt, by: ada)
        for id in [made.id, "pub_01JHMZ0000000000000000000A", "", "x"] {
            #expect(fault { try get(id, by: ada) } == .notFound)
            #expect(await fault { try await show(id, true, by: ada) } == .notFound)
            #expect(await fault { try await delete(id, by: ada) } == .notFound)
        }
    }

    @Test func `the list of public stores has those with public publications`()
        async throws
    {
        let bolt = try await world.organization("Bolt", by: eve)
        #expect(try stores().isEmpty)
        let first = try await world.publish(
            world.entities.add(by: ada), publicly: true, to: acme, by: ada)
        let second = try await world.publish(
            world.entities.add(by: ada), publicly: true, to: acme, by: ada)
        try await world.publish(world.entities.add(by: eve), publicly: true, to: bolt, by: eve)
        let page = try world.useCases.listPublicStores(search: nil, PageRequest())
        #expect(page.items.map(\.name) == ["Bolt", "Acme"] && page.total == 2)
        #expect(page.items.map(\.publicCount) == [1, 2])
        _ = try await show(first.id, false, by: ada)
        #expect(try stores() == ["Bolt", "Acme"])
        try await delete(second.id, by: ada)
        #expect(try stores() == ["Bolt"])
        try await world.useCases.deleteOrganization(bolt.id, by: eve).commit()
        #expect(try stores().isEmpty)
    }

    @Test func `public stores can be searched like organizations, and paged`() async throws {
        for name in ["100% Sure", "snake_case", "\u{C9}COLE"] {
            let made = try await world.organization(name, by: ada)
            try await world.publish(world.entities.add(by: ada), publicly: true, to: made, by: ada)
        }
        #expect(try stores("%") == ["100% Sure"])
        #expect(try stores("_") == ["snake_case"])
        #expect(try stores("\u{E9}C") == ["\u{C9}COLE"])
        // Not public, so not found.
        #expect(try stores("acme").isEmpty)
        let page = try world.useCases.listPublicStores(
            search: "s", PageRequest(page: 2, size: 1))
        #expect(page.total == 2 && page.items.map(\.name) == ["100% Sure"])
    }
}
