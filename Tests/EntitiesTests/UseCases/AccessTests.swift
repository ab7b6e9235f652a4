import EntitiesContract
import Kernel
import SQLite
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
            .paths.map(\.via)
    }

    func checked(_ queries: AccessQuery..., by caller: Caller) async throws -> [AccessStep?] {
        try await world.useCases.checkAccess(queries, by: caller).map(\.via)
    }

    @Test func `an explanation lists every grant in the order of the hierarchy`() async throws {
        let entity = try await world.entity(by: ada)
        try await grantEverything(entity)
        #expect(try await explained(entity, of: bob, by: ada) == AccessStep.allCases)
        #expect(try await explained(entity, of: bob, by: bob) == AccessStep.allCases)
    }

    @Test func `a path names its grant, and who gave it when`() async throws {
        let entity = try await world.entity(by: ada)
        let shared = try await world.share(entity, with: "bob", by: ada).created[0].share
        let cyd = world.user("cyd")
        world.organizations.set {
            $0.stores[entity.id] = [bob.userId]
            $0.publicEntities = [entity.id]
        }
        world.collaborators.set { $0.collaborations = [query(entity, bob)] }
        let paths = try await world.useCases.explainAccess(
            to: entity.id, of: bob.userId, by: ada
        ).paths
        #expect(paths.map(\.grantId) == [shared.id, "pub_inside", "pub_open", nil])
        #expect(
            paths.map(\.grantedBy) == [ada.userId, "usr_inside", "usr_open", "usr_inviter"])
        #expect(
            paths.map(\.grantedAt.milliseconds) == [
                shared.createdAt.milliseconds, 1_000, 2_000, 3_000,
            ])
        #expect(paths.map(\.organizationId) == [nil, "org_inside", "org_open", nil])
        try await world.addPublisher(cyd, to: entity, by: ada)
        let own = try await world.useCases.explainAccess(to: entity.id, of: nil, by: cyd)
            .paths
        #expect(own[0].via == .publisher && own[0].grantId == nil)
        #expect(own[0].grantedBy == ada.userId && own[0].grantedAt == world.now)
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
            try await checked(query(entity, bob), by: bob)[0]
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

    @Test func `a platform admin with the scope can list what another user can access`()
        async throws
    {
        let entity = try await world.entity(by: ada)
        try await world.share(entity, with: "bob", by: ada)
        let admin = Caller(userId: "usr_root", isAdmin: true, scopes: ["access:check"])
        func list(of user: Caller, by caller: Caller) async throws -> [AccessibleEntity] {
            try await world.useCases.listEntities(
                EntityFilter(), PageRequest(), of: user.userId, by: caller
            ).items
        }
        for (user, via) in [(ada, AccessStep.publisher), (bob, .directShare)] {
            #expect(
                try await list(of: user, by: admin) == [AccessibleEntity(entity: entity, via: via)])
            #expect(try await list(of: user, by: user).map(\.via) == [via])
        }
        #expect(try await list(of: admin, by: admin) == [])
        let other = Caller(userId: "usr_root", isAdmin: true, scopes: ["users:admin"])
        for caller in [bob, other] {
            let refused = await fault { try await list(of: ada, by: caller) }
            #expect(refused?.code == "insufficient_scope")
            #expect(refused?.missingScopes == ["access:check"])
        }
    }

    // MARK: Batches

    @Test func `a batch returns one result for each check, in order`() async throws {
        let mine = try await world.entity("Mine", by: ada)
        let theirs = try await world.entity("Theirs", by: bob)
        let open = try await world.entity("Open", by: bob)
        try await world.share(mine, with: "bob", by: ada)
        world.organizations.set { $0.publicEntities = [open.id, "ent_01JHMZ0000000000000000000A"] }
        let before = world.organizations.calls
        let steps = try await checked(
            query(mine, ada), query(theirs, ada), query(mine, bob), query(theirs, bob),
            query(open, ada), query(mine, ada),
            AccessQuery(entityId: "ent_01JHMZ0000000000000000000A", userId: ada.userId),
            AccessQuery(entityId: "nonsense", userId: ada.userId), by: ada)
        #expect(
            steps == [.publisher, nil, .directShare, nil, .publicStore, .publisher, nil, nil])
        #expect(world.organizations.calls == before + 1)
    }

    @Test func `a public store is open to every user, and to no others`() async throws {
        let entity = try await world.entity(by: ada)
        world.organizations.set { $0.publicEntities = [entity.id] }
        let root = Caller(userId: "usr_root", isAdmin: true)
        let stranger = world.user("stranger")
        for caller in [ada, root] {
            #expect(try await checked(query(entity, stranger), by: caller) == [.publicStore])
            #expect(try await explained(entity, of: stranger, by: caller) == [.publicStore])
            let nobody = Caller(userId: "usr_nobody")
            #expect(try await checked(query(entity, nobody), by: caller) == [nil])
            #expect(try await explained(entity, of: nobody, by: caller) == [])
        }
    }

    @Test func `a check about another user is refused unless the caller is a publisher`()
        async throws
    {
        let entity = try await world.entity(by: ada)
        try await world.share(entity, with: "bob", by: ada)
        let queries = [
            query(entity, ada), query(entity, bob),
            AccessQuery(entityId: "ent_01JHMZ0000000000000000000A", userId: ada.userId),
            AccessQuery(entityId: "nonsense", userId: ada.userId),
        ]
        let refused = AccessDecision(reason: .notAllowedToAsk)
        #expect(
            try await world.useCases.checkAccess(queries, by: bob) == [
                refused, AccessDecision(via: .directShare), refused, refused,
            ])
        let admin = Caller(userId: "usr_root", isAdmin: true, scopes: ["users:admin"])
        #expect(
            try await world.useCases.checkAccess(queries, by: admin)
                == Array(repeating: refused, count: 4))
    }

    @Test func `a platform admin with the scope can check everybody and everything`() async throws {
        let entity = try await world.entity(by: ada)
        try await world.share(entity, with: "bob", by: ada)
        let admin = Caller(userId: "usr_root", isAdmin: true, scopes: ["access:check"])
        let decisions = try await world.useCases.checkAccess(
            [
                query(entity, ada), query(entity, bob), query(entity, world.user("eve")),
                AccessQuery(entityId: "ent_01JHMZ0000000000000000000A", userId: ada.userId),
                AccessQuery(entityId: "nonsense", userId: ada.userId),
            ], by: admin)
        #expect(decisions.map(\.via) == [.publisher, .directShare, nil, nil, nil])
        #expect(decisions.map(\.reason) == [nil, nil, nil, nil, nil])
        #expect(try await explained(entity, of: bob, by: admin) == [.directShare])
        #expect(try await explained(entity, of: admin, by: admin) == [])
        for id in ["ent_01JHMZ0000000000000000000A", "nonsense"] {
            let missing = await fault {
                try await world.useCases.explainAccess(to: id, of: bob.userId, by: admin)
            }
            #expect(missing == .notFound)
        }
    }

    @Test func `a suspended user has no access until they are restored`() async throws {
        let entity = try await world.entity(by: ada)
        try await grantEverything(entity)
        let admin = Caller(userId: "usr_root", isAdmin: true, scopes: ["access:check"])
        func answers() async throws -> (AccessDecision, AccessExplanation, [Entity]) {
            let list = try await world.useCases.listEntities(
                EntityFilter(), PageRequest(), of: bob.userId, by: admin)
            return (
                try await world.useCases.checkAccess([query(entity, bob)], by: admin)[0],
                try await world.useCases.explainAccess(to: entity.id, of: bob.userId, by: ada),
                list.items.map(\.entity)
            )
        }
        let before = try await answers()
        #expect(before.0.via == .publisher && before.1.paths.count == 5 && before.2 == [entity])
        try await world.database.write {
            try SuspendedUsers.set("usr_bob", isSuspended: true, in: $0)
        }
        let meanwhile = try await answers()
        #expect(meanwhile.0 == AccessDecision(reason: .userSuspended))
        #expect(meanwhile.1 == AccessExplanation(reason: .userSuspended) && meanwhile.2 == [])
        // Whoever may not ask does not learn it either.
        let eve = world.user("eve")
        let refused = try await world.useCases.checkAccess([query(entity, bob)], by: eve)
        #expect(refused == [AccessDecision(reason: .notAllowedToAsk)])
        try await world.database.write {
            try SuspendedUsers.set("usr_bob", isSuspended: false, in: $0)
        }
        let after = try await answers()
        #expect(after.0 == before.0 && after.1 == before.1 && after.2 == before.2)
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
            try await checked(query(entity, ada), by: ada) == [.publisher])
        let fault = await fault {
            try await world.useCases.checkAccess([query(entity, bob)], by: bob)
        }
        #expect(fault?.kind == .unavailable)
    }
}
