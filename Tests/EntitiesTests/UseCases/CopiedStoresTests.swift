import Contract
import EntitiesContract
import Kernel
import OrganizationsContract
import SQLite
import Synchronization
import TestSupport
import Testing
import WriteKit

@testable import Entities

/// Entities in stores are listed from a copy that each request brings up to date.
@Suite struct CopiedStoresTests {
    /// Compares lists with the state of the other services, after random changes that overlap.
    @Test(arguments: 1...12)
    func `a list contains exactly what grants, stores and collaborations allow`(_ seed: UInt64)
        async throws
    {
        let random = SeededRandom(seed: seed)
        let world = try World(seed: seed, jobRows: 2)
        let scene = try await RandomStores(in: world, random)
        for round in 0..<12 {
            try await scene.change(round)
            for filter in [
                EntityFilter(), EntityFilter(type: .app), EntityFilter(search: "red"),
                EntityFilter(type: .service, search: "blue"),
            ] {
                let expected = scene.expected(filter)
                let size = 1 + random.below(6)
                var found: [String] = []
                for number in 1...(expected.count / size + 2) {
                    let page = try await world.useCases.listEntities(
                        filter, PageRequest(page: number, size: size), by: scene.bob)
                    #expect(page.total == expected.count, "round \(round)")
                    found += page.items.map { "\($0.entity.name) \($0.via)" }
                }
                #expect(found == expected, "round \(round)")
            }
        }
    }

    @Test func `what a store gets after a member has left is on none of their lists`()
        async throws
    {
        let world = try World()
        let (ada, bob) = (world.user("ada"), world.user("bob"))
        let (old, new) = (try await world.entity(by: ada), try await world.entity(by: ada))
        @Sendable func place(_ entity: Entity) -> StorePlace {
            StorePlace(organization: "org_1", entity: entity.id)
        }
        world.organizations.set { state in
            state.members["org_1"] = [bob.userId, ada.userId]
            state.publications = [place(old): false]
        }
        // Between the reply to Bob and the list, Ada's list brings the copy further.
        let useCases = world.overtaken {
            world.organizations.set { state in
                state.members["org_1"] = [ada.userId]
                state.publications[place(new)] = false
            }
            _ = try await world.useCases.listEntities(EntityFilter(), PageRequest(), by: ada)
        }
        let page = try await useCases.listEntities(EntityFilter(), PageRequest(), by: bob)
        #expect(page.total == 0 && page.items.isEmpty)
    }

    @Test func `what a store loses meanwhile leaves no list shorter than it was`() async throws {
        let world = try World()
        let (ada, bob) = (world.user("ada"), world.user("bob"))
        let entities = [try await world.entity(by: ada), try await world.entity(by: ada)]
        world.organizations.set { state in
            state.members["org_1"] = [bob.userId]
            for entity in entities {
                state.publications[StorePlace(organization: "org_1", entity: entity.id)] = false
            }
        }
        // The copy begins anew, and has nothing yet.
        let useCases = world.overtaken {
            try await world.database.write { tx in
                let mark = try StoreCopy.mark(in: tx)
                let anew = StoreEntitiesReply(
                    organizationIds: [], startsOver: true, changes: [],
                    mark: StoreMark(epoch: "another", version: 0), isComplete: false, closing: [])
                try StoreCopy.apply(anew, to: mark, in: tx)
            }
            world.organizations.set { $0.epoch = "another" }
        }
        let page = try await useCases.listEntities(EntityFilter(), PageRequest(), by: bob)
        #expect(
            page.total == 2 && page.items.map(\.via) == [.organizationStore, .organizationStore])
    }

    @Test func `unpublishing an entity removes it from lists at the next request`() async throws {
        let world = try World()
        let (ada, bob) = (world.user("ada"), world.user("bob"))
        let entity = try await world.entity(by: ada)
        func total() async throws -> Int {
            try await world.useCases.listEntities(EntityFilter(), PageRequest(), by: bob).total
        }
        for _ in 0..<3 {
            world.organizations.set { $0.publicEntities = [entity.id] }
            #expect(try await total() == 1)
            world.organizations.set { $0.publicEntities = [] }
            #expect(try await total() == 0)
        }
    }

    @Test func `no parallel request is answered from an outdated copy`() async throws {
        let world = try World()
        let (ada, bob) = (world.user("ada"), world.user("bob"))
        var ids: Set<String> = []
        for _ in 0..<20 { ids.insert(try await world.entity(by: ada).id) }
        world.organizations.set { [ids] in
            $0.changesAtOnce = 3
            $0.publicEntities = ids
        }
        let outcome = await race(16) { _ in
            let page = try await world.useCases.listEntities(
                EntityFilter(), PageRequest(), by: bob)
            guard page.total == 20 else { throw Fault.notFound }
        }
        #expect(outcome.codes.isEmpty)
    }

    @Test func `a request overtaken by an older answer asks again`() async throws {
        let world = try World()
        let (ada, bob) = (world.user("ada"), world.user("bob"))
        let ids = [try await world.entity(by: ada).id, try await world.entity(by: ada).id]
        world.organizations.set { $0.publicEntities = Set(ids) }
        let useCases = world.overtaken {
            world.organizations.set { $0.changesAtOnce = 1 }
            let part = try world.organizations.storeEntities(for: bob.userId, since: nil)
            try await world.database.write { try StoreCopy.apply(part, to: nil, in: $0) }
        }
        let page = try await useCases.listEntities(EntityFilter(), PageRequest(), by: bob)
        #expect(page.total == 2)
    }

    /// Measures processor time of this thread, so that other load does not count.
    @Test func `the number of public entities does not slow down another user's page`()
        async throws
    {
        let world = try World()
        let (ada, bob) = (world.user("ada"), world.user("bob"))
        for number in 0..<30 { try await world.entity("Bob's \(number)", by: bob) }
        _ = try await world.entity(by: ada)
        func page() throws -> Page<EntityStore.Reached> {
            try world.database.read { reader in
                try EntityStore.reached(
                    by: bob.userId, Elsewhere(), EntityFilter(), PageRequest(), in: reader)
            }
        }
        func add(_ range: Range<Int>) async throws {
            try await world.database.write { tx in
                _ = try tx.execute(
                    """
                    WITH RECURSIVE n (i) AS (SELECT ?2 UNION ALL SELECT i + 1 FROM n WHERE i < ?3)
                    INSERT INTO entities (id, name, slug, type, owner_id, created_at, updated_at,
                        search_text)
                    SELECT printf('ent_%07d', i), 'E', printf('e-%07d', i), 'app', ?1, 1, 1, 'e'
                    FROM n
                    """, .text(ada.userId), .int(range.lowerBound), .int(range.upperBound - 1))
                _ = try tx.execute(
                    "UPDATE entities SET is_public = 1 WHERE id > 'ent_00' AND id < 'ent_01'")
            }
        }
        try await add(0..<1_000)
        let few = try Cost.ofThread { for _ in 0..<200 { _ = try page() } }
        #expect(try page().total == 1_030)
        try await add(1_000..<40_000)
        let many = try Cost.ofThread { for _ in 0..<200 { _ = try page() } }
        #expect(try page().total == 40_030)
        #expect(many < few * 2 + 0.01, "\(few) s with 1,000, \(many) s with 40,000")
    }
}

extension World {
    /// The same use cases, with something that happens once, before the first answer about stores
    /// arrives.
    fileprivate func overtaken(by event: @escaping @Sendable () async throws -> Void)
        -> EntitiesUseCases
    {
        EntitiesUseCases(
            database: database, ids: IDMinter(clock: clock, random: SeededRandom(seed: 1)),
            directory: directory, organizations: Overtaken(organizations, by: event),
            collaborators: collaborators, listeners: [], jobRows: 200)
    }
}

private final class Overtaken: Organizations {
    private let fake: FakeOrganizations
    private let event: @Sendable () async throws -> Void
    private let wasAsked = Atomic(false)

    init(_ fake: FakeOrganizations, by event: @escaping @Sendable () async throws -> Void) {
        (self.fake, self.event) = (fake, event)
    }

    func ids(ofOrganizations externalIds: [String]) throws -> [String: String] {
        try fake.ids(ofOrganizations: externalIds)
    }

    func colleagues(of userId: String, among others: [String]) throws -> Set<String> {
        try fake.colleagues(of: userId, among: others)
    }

    func membership(of userId: String, in organizationId: String) throws -> String? {
        try fake.membership(of: userId, in: organizationId)
    }

    func storeAccess(_ queries: [AccessQuery]) throws -> [AccessSteps] {
        try fake.storeAccess(queries)
    }

    func storeGrants(to entityId: String, of userIds: [String]) throws -> StoreGrantsReply {
        try fake.storeGrants(to: entityId, of: userIds)
    }

    func members(_ range: PeopleRange) throws -> [String] { try fake.members(range) }

    func storeEntities(
        for userId: String, since mark: StoreMark?
    ) async throws -> StoreEntitiesReply {
        let answer = try fake.storeEntities(for: userId, since: mark)
        if !wasAsked.exchange(true, ordering: .relaxed) { try await event() }
        return answer
    }
}
