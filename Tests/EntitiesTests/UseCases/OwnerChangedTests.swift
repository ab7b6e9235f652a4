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

/// Every change of an owner emits `entity.owner_changed`, whatever caused it.
@Suite struct OwnerChangedTests {
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

    private func emitted() throws -> [EntityOwnerChanged] {
        let rows = try world.database.read { reader in
            try reader.rows(
                """
                SELECT data FROM outbox WHERE target = 'organizations' AND type = ?1
                ORDER BY number
                """, .text(EntityOwnerChanged.type)
            ) { $0.text(0) }
        }
        return try rows.map {
            try JSONDecoder().decode(EntityOwnerChanged.self, from: Data($0.utf8))
        }
    }

    /// Expects one event, with the current owner and the time of the change.
    private func expectEmitted(
        _ entity: Entity, owner: Caller, at location: SourceLocation = #_sourceLocation
    ) throws {
        let found = try world.database.read { try EntityStore.find(entity.id, in: $0) }
        let now = try #require(found, sourceLocation: location)
        #expect(now.ownerId == owner.userId, sourceLocation: location)
        let event = EntityOwnerChanged(
            entityId: entity.id, ownerId: owner.userId, updatedAt: now.updatedAt)
        #expect(try emitted() == [event], sourceLocation: location)
    }

    @Test func `transferring ownership emits the new owner`() async throws {
        let entity = try await world.entity(by: ada)
        _ = try await world.useCases.transferOwnership(
            of: entity.id, to: bob.userId, by: ada
        ).commit()
        try expectEmitted(entity, owner: bob)
    }

    @Test func `transferring ownership to oneself emits nothing`() async throws {
        let entity = try await world.entity(by: ada)
        _ = try await world.useCases.transferOwnership(
            of: entity.id, to: ada.userId, by: ada
        ).commit()
        #expect(try emitted().isEmpty)
    }

    @Test(arguments: [true, false])
    func `deleting the owner emits the new owner, with another publisher or without`(
        hasOther: Bool
    ) async throws {
        let root = world.user("root")
        let entity = try await world.entity(by: ada)
        if hasOther { try await world.addPublisher(bob, to: entity, by: ada) }
        world.later()
        _ = try await world.useCases.onUserDeleted(ada.userId, by: root, eventId: "evt_1")
        try expectEmitted(entity, owner: hasOther ? bob : root)
        // The same event again changes nothing.
        _ = try await world.useCases.onUserDeleted(ada.userId, by: root, eventId: "evt_1")
        try expectEmitted(entity, owner: hasOther ? bob : root)
    }

    @Test func `an owner leaving the organization emits the new owner`() async throws {
        world.later()
        let entity = try await world.useCases.createEntity(
            try EntityDraft(name: "Bot", type: "app", organizationId: acme), by: ada
        ).commit()
        let event = MemberRemoved(
            organizationId: acme, userId: ada.userId,
            membershipId: "mem_\(acme)_\(ada.userId)", successorId: bob.userId,
            successorMembershipId: nil, actor: EventActor(bob))
        world.later()
        _ = try await world.useCases.onMemberRemoved(event, at: world.now, eventId: "evt_1")
        try expectEmitted(entity, owner: bob)
    }

    @Test func `deleting the organization keeps the owner and emits nothing`() async throws {
        world.later()
        let entity = try await world.useCases.createEntity(
            try EntityDraft(name: "Bot", type: "app", organizationId: acme), by: ada
        ).commit()
        let event = OrganizationDeleted(organizationId: acme, actor: EventActor(bob))
        _ = try await world.useCases.onOrganizationDeleted(event, eventId: "evt_1")
        let found = try world.database.read { try EntityStore.find(entity.id, in: $0) }
        #expect(found?.ownerId == ada.userId && found?.organizationId == nil)
        #expect(try emitted().isEmpty)
    }

    @Test func `a failed transfer emits nothing`() async throws {
        let entity = try await world.entity(by: ada)
        let refused = await fault {
            try await world.useCases.transferOwnership(
                of: entity.id, to: bob.userId, by: ada
            ).commit { _ in throw Fault.notFound }
        }
        #expect(refused == .notFound)
        #expect(try emitted().isEmpty)
    }
}
