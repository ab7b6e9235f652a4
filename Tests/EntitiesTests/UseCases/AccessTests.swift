import EntitiesContract
import Kernel
import TestSupport
import Testing
import WriteKit

@testable import Entities

@Suite struct AccessTests {
    let world: World
    let ada: Caller
    let bob: Caller

    init() throws {
        world = try World()
        ada = world.user("ada")
        bob = world.user("bob")
    }

    func query(_ entity: Entity, _ user: Caller) -> AccessQuery {
        AccessQuery(entityId: entity.id, userId: user.userId)
    }

    /// Gives bob access by every step at once.
    func grantEverything(_ entity: Entity) async throws {
        try await world.share(entity, with: "bob", by: ada)
        try await world.addPublisher(bob, to: entity, by: ada)
        world.organizations.set {
            $0.stores[entity.id] = [bob.userId]
            $0.publicEntities = [entity.id]
        }
        world.collaborators.set { $0.collaborations = [query(entity, bob)] }
    }

    func explained(_ entity: Entity, of user: Caller, by caller: Caller) async throws
        -> [AccessStep]
    {
        try await world.useCases.explainAccess(to: entity.id, of: user.userId, by: caller)
            .map(\.via)
    }

    @Test func `an explanation lists every grant in the order of the hierarchy`() async throws {
        let entity = try await world.entity(by: ada)
        try await grantEverything(entity)
        #expect(try await explained(entity, of: bob, by: ada) == AccessStep.allCases)
        #expect(try await explained(entity, of: bob, by: bob) == AccessStep.allCases)
    }

    @Test func `a user without a grant has no access, whether they exist or not`() async throws {
        let entity = try await world.entity(by: ada)
        for user in [bob, Caller(userId: "usr_nobody")] {
            #expect(try await explained(entity, of: user, by: ada).isEmpty)
        }
    }

    @Test func `a local grant counts while other services are down`() async throws {
        let entity = try await world.entity(by: ada)
        try await world.share(entity, with: "bob", by: ada)
        world.organizations.set { $0.isDown = true }
        #expect(try await world.useCases.getEntity(entity.id, by: bob).via == .directShare)
        #expect(try await explained(entity, of: bob, by: bob) == [.directShare])
        let eve = world.user("eve")
        let own = await fault { try await world.useCases.getEntity(entity.id, by: eve) }
        #expect(own?.kind == .unavailable)
        #expect(own?.retryAfter == 1)
        let other = await fault { try await explained(entity, of: eve, by: ada) }
        #expect(other?.kind == .unavailable)
    }

    @Test func `revoking grants one by one lowers access to the next step at once`() async throws {
        let entity = try await world.entity(by: ada)
        try await grantEverything(entity)
        func via() async throws -> AccessStep? {
            try await world.useCases.checkAccess([query(entity, bob)], by: bob)[0]
        }
        #expect(try await via() == .publisher)
        try await world.useCases.removePublisher(bob.userId, from: entity.id, by: ada).commit()
        #expect(try await via() == .directShare)
        let share = try await world.useCases.listShares(of: entity.id, PageRequest(), by: ada)
        try await world.useCases.removeShare(share.items[0].share.id, of: entity.id, by: ada)
            .commit()
        #expect(try await via() == .organizationStore)
        world.organizations.set { $0.stores = [:] }
        #expect(try await via() == .publicStore)
        world.organizations.set { $0.publicEntities = [] }
        #expect(try await via() == .collaborator)
        world.collaborators.set { $0.collaborations = [] }
        #expect(try await via() == nil)
    }

    // MARK: Batches

    @Test func `a batch returns one result for each check, in order`() async throws {
        let mine = try await world.entity("Mine", by: ada)
        let theirs = try await world.entity("Theirs", by: bob)
        let open = try await world.entity("Open", by: bob)
        try await world.share(mine, with: "bob", by: ada)
        world.organizations.set { $0.publicEntities = [open.id, "ent_01JHMZ0000000000000000000A"] }
        let before = world.organizations.calls
        let steps = try await world.useCases.checkAccess(
            [
                query(mine, ada), query(theirs, ada), query(mine, bob), query(theirs, bob),
                query(open, ada), query(mine, ada),
                AccessQuery(entityId: "ent_01JHMZ0000000000000000000A", userId: ada.userId),
                AccessQuery(entityId: "nonsense", userId: ada.userId),
            ], by: ada)
        #expect(
            steps == [.publisher, nil, .directShare, nil, .publicStore, .publisher, nil, nil])
        #expect(world.organizations.calls == before + 1)
    }

    @Test(arguments: [0, 1_001])
    func `a batch that is empty or too large is refused`(size: Int) async throws {
        let queries = (0..<size).map { AccessQuery(entityId: "ent_\($0)", userId: ada.userId) }
        let fault = await fault { try await world.useCases.checkAccess(queries, by: ada) }
        #expect(fault?.fields.map(\.pointer) == ["/checks"])
    }

    @Test func `a batch that local grants decide queries no other service`() async throws {
        let entity = try await world.entity(by: ada)
        world.organizations.set { $0.isDown = true }
        #expect(
            try await world.useCases.checkAccess([query(entity, ada)], by: ada) == [.publisher])
        let fault = await fault {
            try await world.useCases.checkAccess([query(entity, bob)], by: bob)
        }
        #expect(fault?.kind == .unavailable)
    }
}
