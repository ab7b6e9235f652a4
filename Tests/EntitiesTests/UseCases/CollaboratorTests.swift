import Contract
import EntitiesContract
import Kernel
import TestSupport
import Testing
import WriteKit

@testable import Entities

/// The last step of the hierarchy, which the invitations service decides.
@Suite struct CollaboratorTests {
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

    /// Makes bob a collaborator, or ends it.
    private func collaborate(_ does: Bool = true) {
        let query = AccessQuery(entityId: entity.id, userId: bob.userId)
        world.collaborators.set { $0.collaborations = does ? [query] : [] }
    }

    @Test func `a collaborator can see, list and install the entity, but change nothing`()
        async throws
    {
        try await world.publish("1.0.0", of: entity, by: ada)
        collaborate()
        #expect(try await world.useCases.getEntity(entity.id, by: bob).via == .collaborator)
        let list = try await world.useCases.listEntities(EntityFilter(), PageRequest(), by: bob)
        #expect(list.items.map(\.via) == [.collaborator] && list.total == 1)
        let installed = try await world.useCases.install(entity.id, version: nil, by: bob).commit()
        #expect(installed.isNew)
        let refused = await fault {
            try await world.useCases.updateEntity(
                entity.id, try EntityUpdate(name: .value("Mine")), by: bob
            ).commit()
        }
        #expect(refused?.code == "not_a_publisher")
    }

    @Test func `ending a collaboration ends access at the next request`() async throws {
        for _ in 0..<2 {
            collaborate()
            #expect(try await world.useCases.getEntity(entity.id, by: bob).via == .collaborator)
            collaborate(false)
            let gone = await fault { try await world.useCases.getEntity(entity.id, by: bob) }
            #expect(gone == .notFound)
            let list = try await world.useCases.listEntities(
                EntityFilter(), PageRequest(), by: bob)
            #expect(list.total == 0)
        }
    }

    @Test
    func `while the invitations service is down, local grants count and everything else is 503`()
        async throws
    {
        collaborate()
        world.collaborators.set { $0.isDown = true }
        #expect(try await world.useCases.getEntity(entity.id, by: ada).via == .publisher)
        let asked = AccessQuery(entityId: entity.id, userId: bob.userId)
        for ask in [
            { _ = try await world.useCases.getEntity(entity.id, by: bob) },
            { _ = try await world.useCases.checkAccess([asked], by: bob) },
            { _ = try await world.useCases.explainAccess(to: entity.id, of: nil, by: bob) },
            {
                _ = try await world.useCases.listEntities(
                    EntityFilter(), PageRequest(), by: bob)
            },
        ] as [() async throws -> Void] {
            let unknown = await fault { try await ask() }
            #expect(unknown?.code == "access_unknown" && unknown?.retryAfter == 1)
        }
        try await world.share(entity, with: "bob", by: ada)
        #expect(try await world.useCases.getEntity(entity.id, by: bob).via == .directShare)
        let checked = try await world.useCases.checkAccess([asked], by: bob)
        #expect(checked.map(\.via) == [.directShare])
    }

    @Test func `while the invitations service is down, missing entities are 503 too`() async throws
    {
        world.collaborators.set { $0.isDown = true }
        let missing = await fault {
            try await world.useCases.getEntity("ent_01JHMZ0000000000000000000A", by: bob)
        }
        #expect(missing?.code == "access_unknown")
    }
}
