import Contract
import EntitiesContract
import InvitationsContract
import Kernel
import SQLite
import Synchronization
import TestSupport
import Testing
import WriteKit

@testable import Entities

@Suite struct RevokeAccessTests {
    let world: World
    let ada: Caller
    let bob: Caller
    let entity: Entity

    init() async throws {
        world = try World()
        ada = world.user("ada")
        bob = world.user("bob")
        entity = try await world.entity(by: ada)
    }

    private var query: AccessQuery { AccessQuery(entityId: entity.id, userId: bob.userId) }

    private func grantEverything() async throws {
        try await world.share(entity, with: "bob", by: ada)
        try await world.addPublisher(bob, to: entity, by: ada)
        world.organizations.set {
            $0.stores[entity.id] = [bob.userId]
            $0.publicEntities = [entity.id]
        }
        world.collaborators.set { $0.collaborations = [query] }
    }

    private func revoke(
        _ userId: String = "usr_bob", by caller: Caller
    ) async throws -> AccessRevocation {
        try await world.useCases.revokeAccess(of: userId, to: entity.id, by: caller).commit()
    }

    private func actions() async throws -> [String] {
        try await world.useCases.listAudit(
            of: entity.id, AuditFilter(), PageRequest(size: 100), by: ada
        ).items.map(\.action)
    }

    @Test func `every grant that the entity holds is removed, and what stores give remains`()
        async throws
    {
        try await grantEverything()
        let before = try await world.useCases.explainAccess(
            to: entity.id, of: bob.userId, by: ada
        ).paths
        #expect(before.map(\.via) == AccessStep.allCases)
        let revoked = try await revoke(by: ada)
        #expect(revoked.removed == [before[0], before[1], before[4]])
        #expect(revoked.remaining == [before[2], before[3]])
        let after = try await world.useCases.explainAccess(
            to: entity.id, of: bob.userId, by: ada
        ).paths
        #expect(after == revoked.remaining)
        let recorded = try await actions()
        #expect(recorded.prefix(2).sorted() == ["publisher.removed", "share.removed"])
        let command = try #require(world.collaborators.commands.first)
        #expect(command.email == "bob@example.com" && command.userId == bob.userId)
        #expect(command.actor == EventActor(ada))
    }

    @Test func `shares that others gave are removed too`() async throws {
        let cyd = world.user("cyd")
        try await world.share(entity, with: "cyd", by: ada)
        try await world.share(entity, with: "bob", by: cyd)
        #expect(try await revoke(by: ada).removed.map(\.grantedBy) == [cyd.userId])
        let hidden = await fault { try await world.useCases.getEntity(entity.id, by: bob) }
        #expect(hidden == .notFound)
    }

    @Test(arguments: ["usr_bob", "usr_nobody", "x"])
    func `nothing to remove looks the same whether or not the user exists`(
        userId: String
    ) async throws {
        let before = try await actions()
        #expect(try await revoke(userId, by: ada) == AccessRevocation(removed: [], remaining: []))
        world.organizations.set { $0.publicEntities = [entity.id] }
        let open = try await revoke(userId, by: ada)
        #expect(open.removed.isEmpty && open.remaining.map(\.via) == [.publicStore])
        #expect(try await actions() == before)
    }

    @Test func `the owner's access can't be revoked, and nothing is asked for`() async throws {
        try await world.addPublisher(bob, to: entity, by: ada)
        for caller in [ada, bob] {
            let refused = try await world.refusal { try await revoke("usr_ada", by: caller) }
            #expect(refused?.code == "owner_is_publisher")
        }
        #expect(world.collaborators.commands.isEmpty)
    }

    @Test func `while another service is unavailable, nothing is removed`() async throws {
        try await grantEverything()
        world.organizations.set { $0.isDown = true }
        let unknown = try await world.refusal { try await revoke(by: ada) }
        #expect(unknown?.code == "access_unknown" && world.collaborators.commands.isEmpty)
        world.organizations.set { $0.isDown = false }
        world.collaborators.set { $0.isDown = true }
        await #expect(throws: NeighbourIsDown.self) { try await revoke(by: ada) }
        #expect(try world.step(of: bob, to: entity) == .publisher)
        world.collaborators.set { $0.isDown = false }
        #expect(try await revoke(by: ada).removed.count == 3)
    }

    @Test func `a repetition finishes what a lost request began`() async throws {
        try await grantEverything()
        let cyd = world.user("cyd")
        try await world.addPublisher(cyd, to: entity, by: ada)
        // Between the invitations service's part and ours, the caller loses the right.
        let change = try await world.useCases.revokeAccess(
            of: bob.userId, to: entity.id, by: cyd)
        let lost = await fault {
            try await change.commit { _, _ in throw Fault(EntityProblems.notPublisher) }
        }
        #expect(lost?.code == "not_a_publisher")
        #expect(world.collaborators.commands.count == 1)
        #expect(try world.step(of: bob, to: entity) == .publisher)
        let revoked = try await revoke(by: ada)
        #expect(revoked.removed.map(\.via) == [.publisher, .directShare])
    }

    @Test func `of parallel revocations each grant is removed by one`() async throws {
        for _ in 0..<30 {
            try await grantEverything()
            let removed = Mutex<[AccessStep]>([])
            let result = await race(4) { _ in
                let vias = try await revoke(by: ada).removed.map(\.via)
                removed.withLock { $0 += vias }
            }
            #expect(result.succeeded == 4)
            let local = removed.withLock { $0.filter { $0 < .organizationStore }.sorted() }
            #expect(local == [.publisher, .directShare])
        }
    }

    @Test func `a share is created before a revocation, which removes it, or after it`()
        async throws
    {
        for _ in 0..<50 {
            let entity = try await world.entity(by: ada)
            let removed = Mutex(0)
            let result = await race(2) { index in
                if index == 0 {
                    let revoked = try await world.useCases.revokeAccess(
                        of: bob.userId, to: entity.id, by: ada
                    ).commit()
                    removed.withLock { $0 = revoked.removed.count }
                } else {
                    try await world.share(entity, with: "bob", by: ada)
                }
            }
            #expect(result.succeeded == 2)
            let step = try world.step(of: bob, to: entity)
            #expect((step == nil) == (removed.withLock { $0 } == 1))
        }
    }

    @Test func `an entity keeps its owner as a publisher whatever is revoked meanwhile`()
        async throws
    {
        for _ in 0..<50 {
            let entity = try await world.entity(by: ada)
            try await world.addPublisher(bob, to: entity, by: ada)
            let result = await race(2) { index in
                if index == 0 {
                    _ = try await world.useCases.revokeAccess(
                        of: bob.userId, to: entity.id, by: ada
                    ).commit()
                } else {
                    _ = try await world.useCases.transferOwnership(
                        of: entity.id, to: bob.userId, by: ada
                    ).commit()
                }
            }
            #expect(Set(result.codes).isSubset(of: ["owner_is_publisher"]))
            let owner = try world.database.read {
                try EntityStore.find(entity.id, in: $0)?.ownerId
            }
            #expect(try world.publisherIds(of: entity).contains(try #require(owner)))
        }
    }
}
