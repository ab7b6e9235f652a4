import Contract
import EntitiesContract
import FoundationEssentials
import Kernel
import OrganizationsContract
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import Entities

/// Whoever tells an entity's owner of something hears of a new one, however he came to be it.
@Suite struct OwnerFactTests {
    let world: World
    let ada: Caller
    let bob: Caller
    private let acme = "org_01KF0000000000000000000001"

    init() throws {
        world = try World()
        ada = world.user("ada")
        bob = world.user("bob")
        let members: Set = [ada.userId, bob.userId]
        world.organizations.set { [acme] in $0.members[acme] = members }
    }

    private func told() throws -> [EntityHandedOver] {
        let rows = try world.database.read { reader in
            try reader.rows(
                """
                SELECT data FROM outbox WHERE target = 'organizations' AND type = ?1
                ORDER BY number
                """, .text(EntityHandedOver.type)
            ) { $0.text(0) }
        }
        return try rows.map {
            try JSONDecoder().decode(EntityHandedOver.self, from: Data($0.utf8))
        }
    }

    /// Its owner now has been told of, once, with the time of that change.
    private func expectTold(
        _ entity: Entity, owner: Caller, at location: SourceLocation = #_sourceLocation
    ) throws {
        let found = try world.database.read { try EntityStore.find(entity.id, in: $0) }
        let now = try #require(found, sourceLocation: location)
        #expect(now.ownerId == owner.userId, sourceLocation: location)
        let fact = EntityHandedOver(
            entityId: entity.id, ownerId: owner.userId, updatedAt: now.updatedAt)
        #expect(try told() == [fact], sourceLocation: location)
    }

    @Test func `handed over by its owner`() async throws {
        let entity = try await world.entity(by: ada)
        _ = try await world.useCases.transferOwnership(
            of: entity.id, to: bob.userId, by: ada
        ).commit()
        try expectTold(entity, owner: bob)
    }

    @Test func `handed over to himself: there is nothing to tell`() async throws {
        let entity = try await world.entity(by: ada)
        _ = try await world.useCases.transferOwnership(
            of: entity.id, to: ada.userId, by: ada
        ).commit()
        #expect(try told().isEmpty)
    }

    @Test(arguments: [true, false])
    func `its owner was deleted, with another publisher or without`(
        hasOther: Bool
    ) async throws {
        let root = world.user("root")
        let entity = try await world.entity(by: ada)
        if hasOther { try await world.addPublisher(bob, to: entity, by: ada) }
        world.later()
        _ = try await world.useCases.dropUser(ada.userId, by: root, eventId: "evt_1")
        try expectTold(entity, owner: hasOther ? bob : root)
        // The same event again changes nothing.
        _ = try await world.useCases.dropUser(ada.userId, by: root, eventId: "evt_1")
        try expectTold(entity, owner: hasOther ? bob : root)
    }

    @Test func `its owner left the organization`() async throws {
        world.later()
        let entity = try await world.useCases.createEntity(
            try EntityDraft(name: "Bot", type: "app", organizationId: acme), by: ada
        ).commit()
        let fact = MemberRemoved(
            organizationId: acme, userId: ada.userId,
            membershipId: "mem_\(acme)_\(ada.userId)", successorId: bob.userId,
            successorMembershipId: nil, actor: EventActor(bob))
        world.later()
        _ = try await world.useCases.dropMember(fact, at: world.now, eventId: "evt_1")
        try expectTold(entity, owner: bob)
    }

    @Test func `its organization was deleted: it stays its owner's`() async throws {
        world.later()
        let entity = try await world.useCases.createEntity(
            try EntityDraft(name: "Bot", type: "app", organizationId: acme), by: ada
        ).commit()
        let fact = OrganizationDeleted(organizationId: acme, actor: EventActor(bob))
        _ = try await world.useCases.dropOrganization(fact, eventId: "evt_1")
        let found = try world.database.read { try EntityStore.find(entity.id, in: $0) }
        #expect(found?.ownerId == ada.userId && found?.organizationId == nil)
        #expect(try told().isEmpty)
    }

    @Test func `a change that fails tells nothing`() async throws {
        let entity = try await world.entity(by: ada)
        let refused = await fault {
            try await world.useCases.transferOwnership(
                of: entity.id, to: bob.userId, by: ada
            ).commit { _ in throw Fault.notFound }
        }
        #expect(refused == .notFound)
        #expect(try told().isEmpty)
    }
}
