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

/// Public entities are listed from a copy that each request brings up to date.
@Suite struct PublicCopyTests {
    /// Compares lists with the state of the other services, after random changes that overlap.
    @Test(arguments: 1...12)
    func `a list contains exactly what grants, stores and collaborations allow`(_ seed: UInt64)
        async throws
    {
        let random = SeededRandom(seed: seed)
        let world = try World(seed: seed, jobRows: 2)
        let (ada, bob) = (world.user("ada"), world.user("bob"))
        world.organizations.set { $0.changesAtOnce = 1 + random.below(4) }
        var entities: [Entity] = []
        var granted: Set<String> = []
        for number in 0..<14 {
            let type = ["app", "service"][random.below(2)]
            let name = ["Red", "Blue"][random.below(2)] + " \(number)"
            let isOwn = random.below(4) == 0
            let entity = try await world.entity(name, by: isOwn ? bob : ada, type: type)
            entities.append(entity)
            if isOwn { granted.insert(entity.id) }
            if !isOwn, random.below(3) == 0 {
                try await world.share(entity, with: "bob", by: ada)
                granted.insert(entity.id)
            }
        }
        var alive = entities
        for round in 0..<12 {
            func some(_ odds: Int) -> Set<String> {
                Set(entities.filter { _ in random.below(odds) == 0 }.map(\.id))
            }
            let (open, stores, helped) = (some(2), some(4), some(4))
            let closing = random.below(3) == 0 ? open.intersection(some(2)) : []
            world.organizations.set { state in
                state.publicEntities = open.union(["ent_gone"])
                state.stores = Dictionary(uniqueKeysWithValues: stores.map { ($0, [bob.userId]) })
                state.closing = closing
                if random.below(6) == 0 { state.epoch = "another \(round)" }
            }
            world.collaborators.set { state in
                state.collaborations = Set(
                    helped.map { AccessQuery(entityId: $0, userId: bob.userId) })
            }
            if round % 4 == 3, let victim = alive.last(where: { $0.ownerId == ada.userId }) {
                try await world.useCases.deleteEntity(victim.id, by: ada).commit()
                alive.removeAll { $0.id == victim.id }
            }
            func step(_ entity: Entity) -> AccessStep? {
                if entity.ownerId == bob.userId { return .publisher }
                if granted.contains(entity.id) { return .directShare }
                if stores.contains(entity.id) { return .organizationStore }
                if open.subtracting(closing).contains(entity.id) { return .publicStore }
                return helped.contains(entity.id) ? .collaborator : nil
            }
            for filter in [
                EntityFilter(), EntityFilter(type: .app), EntityFilter(search: "red"),
                EntityFilter(type: .service, search: "blue"),
            ] {
                let expected = alive.reversed().filter { entity in
                    (filter.type.map { entity.type == $0 } ?? true)
                        && (filter.search.map { entity.name.lowercased().contains($0) } ?? true)
                }.compactMap { entity in step(entity).map { "\(entity.name) \($0)" } }
                var found: [String] = []
                for number in 1...5 {
                    let page = try await world.useCases.listEntities(
                        filter, PageRequest(page: number, size: 3), by: bob)
                    #expect(page.total == expected.count, "round \(round)")
                    found += page.items.map { "\($0.entity.name) \($0.via)" }
                }
                #expect(found == Array(expected.prefix(15)), "round \(round)")
            }
        }
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
        let useCases = EntitiesUseCases(
            database: world.database,
            ids: IDMinter(clock: world.clock, random: SeededRandom(seed: 1)),
            directory: world.directory,
            organizations: Overtaken(world.organizations, world.database),
            collaborators: world.collaborators, listeners: [], jobRows: 200)
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
                    by: bob.userId, others: [], closing: [], EntityFilter(), PageRequest(),
                    in: reader)
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

/// Before its first answer arrives, another request stores a part of it.
private final class Overtaken: Organizations {
    private let fake: FakeOrganizations
    private let database: Database
    private let wasAsked = Atomic(false)

    init(_ fake: FakeOrganizations, _ database: Database) {
        self.fake = fake
        self.database = database
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
        for userId: String, publicSince mark: PublicMark?
    ) async throws -> StoreEntitiesReply {
        let answer = try fake.storeEntities(for: userId, publicSince: mark)
        guard !wasAsked.exchange(true, ordering: .relaxed) else { return answer }
        fake.set { $0.changesAtOnce = 1 }
        let part = try fake.storeEntities(for: userId, publicSince: mark)
        try await database.write { try PublicCopyStore.apply(part, to: mark, in: $0) }
        return answer
    }
}
