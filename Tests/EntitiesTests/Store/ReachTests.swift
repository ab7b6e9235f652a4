import Contract
import EntitiesContract
import Kernel
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import Entities

/// The list of entities that a user can access.
@Suite struct ReachTests {
    let world: World
    let ada: Caller
    let bob: Caller

    init() throws {
        world = try World()
        ada = world.user("ada")
        bob = world.user("bob")
    }

    func list(
        _ filter: EntityFilter = EntityFilter(), _ page: PageRequest = PageRequest(),
        by caller: Caller
    ) async throws -> Page<AccessibleEntity> {
        try await world.useCases.listEntities(filter, page, by: caller)
    }

    func found(_ search: String) async throws -> Set<String> {
        Set(try await list(EntityFilter(search: search), by: ada).items.map(\.entity.name))
    }

    // MARK: Search

    @Test func `a search treats no character as special`() async throws {
        for name in ["100% Sure", "snake_case", "back\\slash", "plain"] {
            try await world.entity(name, by: ada)
        }
        #expect(try await found("%") == ["100% Sure"])
        #expect(try await found("_") == ["snake_case"])
        #expect(try await found("\\") == ["back\\slash"])
        #expect(try await found("'; --").isEmpty)
        #expect(try await found("l").count == 2)
    }

    @Test func `a search ignores case beyond ASCII and also matches the slug`()
        async throws
    {
        try await world.entity("ÉCOLE Straße", by: ada, slug: "school")
        for search in ["école", "École", "STRASSE", "straße", "SCHOOL", "oo"] {
            let names = try await found(search)
            #expect(names == ["ÉCOLE Straße"], "\(search)")
        }
    }

    @Test func `a search match never spans name and slug`() async throws {
        try await world.entity("Ends", by: ada, slug: "begins")
        #expect(try await found("endsbegins").isEmpty)
        #expect(try await found("ends begins").isEmpty)
    }

    @Test func `a renamed entity is found only by its new name`() async throws {
        let entity = try await world.entity("Old", by: ada)
        let change = try EntityUpdate(name: .value("New"), slug: .value("fresh"))
        _ = try await world.useCases.updateEntity(entity.id, change, by: ada).commit()
        #expect(try await found("old").isEmpty)
        #expect(try await found("NEW") == ["New"])
    }

    // MARK: Pages

    @Test func `pages list every entity once, newest first`() async throws {
        var ids: [String] = []
        for index in 0..<25 { ids.append(try await world.entity("E\(index)", by: ada).id) }
        var seen: [String] = []
        for number in 1...4 {
            let page = try await list(by: ada, page: PageRequest(page: number, size: 10))
            #expect(page.total == 25)
            #expect(page.items.count == [10, 10, 5, 0][number - 1])
            seen += page.items.map(\.entity.id)
        }
        #expect(seen == ids.reversed())
    }

    @Test func `entities from other services are merged in, each with its first access step`()
        async throws
    {
        var entities: [Entity] = []
        for name in ["own", "shared", "store", "public", "helped", "both", "hidden"] {
            let owner = name == "own" ? bob : ada
            entities.append(try await world.entity(name, by: owner))
        }
        try await world.share(entities[1], with: "bob", by: ada)
        try await world.share(entities[5], with: "bob", by: ada)
        world.organizations.set {
            $0.stores[entities[2].id] = [bob.userId]
            $0.publicEntities = [entities[3].id, entities[5].id, "ent_gone"]
        }
        world.collaborators.set { state in
            state.collaborations = Set(
                [entities[4], entities[3]].map {
                    AccessQuery(entityId: $0.id, userId: bob.userId)
                })
        }
        let page = try await list(by: bob)
        #expect(page.total == 6)
        #expect(
            page.items.map { "\($0.entity.name) \($0.via.rawValue)" } == [
                "both direct_share", "helped collaborator", "public public_store",
                "store organization_store", "shared direct_share", "own publisher",
            ])
        let second = try await list(by: bob, page: PageRequest(page: 2, size: 4))
        #expect(second.items.map(\.entity.name) == ["shared", "own"])
        let filtered = try await list(EntityFilter(search: "PUBL"), by: bob)
        #expect(filtered.items.map(\.via) == [.publicStore])
        #expect(filtered.total == 1)
    }

    @Test func `the type filter applies to local and remote entities`() async throws {
        try await world.entity("app", by: ada)
        try await world.entity("service", by: ada, type: "service")
        let open = try await world.entity("open", by: bob, type: "service")
        world.organizations.set { $0.publicEntities = [open.id] }
        let page = try await list(EntityFilter(type: .service), by: ada)
        #expect(page.items.map(\.entity.name) == ["open", "service"])
        #expect(page.total == 2)
    }

    @Test func `a list that would be incomplete is refused with 503`() async throws {
        try await world.entity(by: ada)
        world.collaborators.set { $0.isDown = true }
        #expect(await fault { try await list(by: ada) }?.kind == .unavailable)
    }

    private func list(by caller: Caller, page: PageRequest) async throws
        -> Page<AccessibleEntity>
    {
        try await list(EntityFilter(), page, by: caller)
    }
}
