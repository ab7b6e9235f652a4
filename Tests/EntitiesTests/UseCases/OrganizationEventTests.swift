import Contract
import EntitiesContract
import Kernel
import OrganizationsContract
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import Entities

/// What events of organizations do to their entities.
@Suite struct OrganizationEventTests {
    let world: World
    let ada: Caller
    let bob: Caller
    let owner: Caller
    /// Removes members, but is not their successor.
    let remover: Caller
    private let acme = "org_01KF0000000000000000000001"

    init() throws {
        world = try World()
        ada = world.user("ada")
        bob = world.user("bob")
        owner = world.user("owner")
        remover = world.user("remover")
        let members: Set = [ada.userId, owner.userId, remover.userId]
        world.organizations.set { [acme] in $0.members[acme] = members }
    }

    private func entity(_ name: String = "Bot", by caller: Caller) async throws -> Entity {
        world.later()
        return try await world.useCases.createEntity(
            try EntityDraft(name: name, type: "app", organizationId: acme), by: caller
        ).commit()
    }

    private func find(_ entity: Entity) throws -> Entity? {
        try world.database.read { try EntityStore.find(entity.id, in: $0) }
    }

    private func removal(of user: Caller) -> MemberRemoved {
        MemberRemoved(
            organizationId: acme, userId: user.userId,
            membershipId: "mem_\(acme)_\(user.userId)", successorId: owner.userId,
            successorMembershipId: "mem_\(acme)_\(owner.userId)", actor: EventActor(remover))
    }

    /// Removes a member now; `event` reports it.
    @discardableResult
    private func remove(
        _ user: Caller, _ event: String = "evt_1", at moment: Timestamp? = nil
    ) async throws -> Bool {
        try await world.useCases.onMemberRemoved(
            removal(of: user), at: moment ?? world.now, eventId: event)
    }

    private func entries(_ entity: Entity) throws -> [AuditEntryBody] {
        try world.database.read {
            try AuditStore.page(AuditFilter(about: entity.id), PageRequest(), in: $0)
        }.items
    }

    private func actions(_ entity: Entity) throws -> [String] {
        try entries(entity).map(\.action)
    }

    @Test func `deleting an organization makes its entities personal, once`() async throws {
        let entity = try await entity(by: ada)
        let personal = try await world.entity("Mine", by: ada)
        world.later()
        let event = OrganizationDeleted(organizationId: acme, actor: EventActor(owner))
        #expect(try await world.useCases.onOrganizationDeleted(event, eventId: "evt_1"))
        #expect(try find(entity)?.organizationId == nil)
        #expect(try find(entity)?.updatedAt == world.now)
        #expect(try find(entity)?.ownerId == ada.userId)
        #expect(try find(personal) == personal)
        #expect(try !(await world.useCases.onOrganizationDeleted(event, eventId: "evt_1")))
        #expect(try actions(entity).filter { $0 == "entity.updated" }.count == 1)
    }

    @Test func `a creation in progress fails when the organization is deleted`() async throws {
        let draft = try EntityDraft(name: "Late", type: "app", organizationId: acme)
        let pending = try await world.useCases.createEntity(draft, by: ada)
        let event = OrganizationDeleted(organizationId: acme, actor: EventActor(owner))
        _ = try await world.useCases.onOrganizationDeleted(event, eventId: "evt_1")
        let refused = await fault { try await pending.commit() }
        #expect(refused?.fields.map(\.pointer) == ["/organizationId"])
    }

    @Test func `a creation in progress fails when the caller is removed from the organization`()
        async throws
    {
        let draft = try EntityDraft(name: "Late", type: "app", organizationId: acme)
        let pending = try await world.useCases.createEntity(draft, by: ada)
        try await remove(ada)
        let refused = await fault { try await pending.commit() }
        #expect(refused?.fields.map(\.pointer) == ["/organizationId"])
    }

    @Test func `an heir other than the successor does not get the successor's membership`()
        async throws
    {
        let entity = try await entity(by: ada)
        _ = try await world.useCases.onUserDeleted(owner.userId, by: remover, eventId: "evt_owner")
        try await remove(ada)
        #expect(try find(entity)?.ownerId == remover.userId)
        world.later()
        let fact = MemberRemoved(
            organizationId: acme, userId: remover.userId,
            membershipId: "mem_\(acme)_\(remover.userId)", successorId: bob.userId,
            successorMembershipId: nil, actor: EventActor(bob))
        _ = try await world.useCases.onMemberRemoved(fact, at: world.now, eventId: "evt_remover")
        #expect(try find(entity)?.ownerId == bob.userId)
    }

    @Test
    func `a removed member's entities go to the organization's owner, not to another publisher`()
        async throws
    {
        let entity = try await entity(by: ada)
        try await world.addPublisher(bob, to: entity, by: ada)
        #expect(try await remove(ada))
        #expect(try find(entity)?.ownerId == owner.userId)
        #expect(try find(entity)?.organizationId == acme)
        #expect(Set(try world.publisherIds(of: entity)) == [bob.userId, owner.userId])
        #expect(try world.step(of: ada, to: entity) == nil)
        #expect(try !(await remove(ada)))
        #expect(try actions(entity).filter { $0 == "publisher.removed" }.count == 1)
        // The actor is the user who removed the member, not the new owner.
        let entries = try entries(entity).filter {
            ["entity.owner_changed", "publisher.removed"].contains($0.action)
        }
        #expect(entries.map(\.actorId) == [remover.userId, remover.userId])
        #expect(try world.step(of: remover, to: entity) == nil)
    }

    @Test func `a removed member keeps personal entities and shares`() async throws {
        let personal = try await world.entity("Mine", by: ada)
        let shared = try await entity("Shared", by: owner)
        try await world.share(shared, with: "ada", by: owner)
        try await world.addPublisher(ada, to: shared, by: owner)
        try await remove(ada)
        #expect(try find(personal) == personal)
        #expect(try world.step(of: ada, to: personal) == .publisher)
        #expect(try world.step(of: ada, to: shared) == .directShare)
        #expect(try find(shared)?.ownerId == owner.userId)
    }

    @Test func `a late removal event leaves what a member created and got after rejoining`()
        async throws
    {
        let before = try await entity("Before", by: ada)
        let others = try await entity("Others", by: owner)
        let removed = world.now
        world.later()
        world.organizations.set { $0.terms[ada.userId] = 2 }
        let after = try await entity("After", by: ada)
        try await world.addPublisher(ada, to: others, by: owner)
        try await remove(ada, at: removed)
        #expect(try find(before)?.ownerId == owner.userId)
        #expect(try find(after)?.ownerId == ada.userId)
        #expect(try world.step(of: ada, to: after) == .publisher)
        #expect(try world.step(of: ada, to: others) == .publisher)
    }

    private func delete(_ users: Caller...) async throws {
        let root = Caller(userId: "usr_root", isAdmin: true)
        for user in users {
            _ = try await world.useCases.onUserDeleted(
                user.userId, by: root, eventId: "evt_\(user.userId)")
        }
    }

    @Test func `if the successor was deleted, the user who removed the member becomes the owner`()
        async throws
    {
        let entity = try await entity(by: ada)
        try await world.addPublisher(bob, to: entity, by: ada)
        try await delete(owner)
        try await remove(ada)
        #expect(try find(entity)?.ownerId == remover.userId)
        #expect(Set(try world.publisherIds(of: entity)) == [bob.userId, remover.userId])
    }

    @Test func `if both were deleted, another publisher becomes the owner`() async throws {
        let entity = try await entity(by: ada)
        try await world.addPublisher(bob, to: entity, by: ada)
        try await delete(owner, remover)
        try await remove(ada)
        #expect(try find(entity)?.ownerId == bob.userId)
        #expect(try world.step(of: ada, to: entity) == nil)
    }

    @Test func `without any successor, a removed member keeps the entity`() async throws {
        let entity = try await entity(by: ada)
        try await delete(owner, remover)
        try await remove(ada)
        #expect(try find(entity)?.ownerId == ada.userId)
        #expect(try world.step(of: ada, to: entity) == .publisher)
    }
}
