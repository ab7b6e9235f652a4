import Contract
import EntitiesContract
import Kernel
import SQLite
import TestSupport
import Testing

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

/// Events about an entity that belongs to an organization, for the organization's subscribers.
@Suite struct OrganizationEventTests {
    private let world: World
    private let ada: Caller
    private let bob: Caller
    private let root: Caller
    private let crm: String
    private let organization = FeedScope.organization("org_1")

    init() throws {
        world = try World()
        ada = world.user("ada")
        bob = world.user("bob")
        root = world.admin()
        crm = world.entity(by: ada)
        world.entities.put(crm, in: "org_1")
        world.entities.setAdmins(of: "org_1", root.userId)
    }

    private func types() async throws -> [String] {
        try await world.feed(in: organization, by: root).events.map(\.type)
    }

    @Test func `all that happens to its invitations and collaborators is in the feed`()
        async throws
    {
        let expiring = try await world.invite("late@example.com", to: crm, by: ada, days: 1)
        try await world.resend(expiring, by: ada)
        world.days(3)
        while try await world.useCases.expireSome() > 0 {}
        try await world.collaborator(bob, on: crm, by: ada)
        try await world.invite("carol@example.com", to: crm, by: ada)
        let fact = EntityDeleted(entityId: crm, actor: EventActor(ada))
        _ = try await world.context.onEntityDeleted(fact, eventId: "evt_1")
        #expect(
            try await types() == [
                "invitation.sent", "invitation.resent", "invitation.expired", "invitation.sent",
                "invitation.accepted", "collaborator.added", "invitation.sent",
                "invitation.revoked", "collaborator.removed",
            ])
    }

    @Test func `a webhook of the organization receives them, and no other organization's`()
        async throws
    {
        world.entities.setAdmins(of: "org_2", root.userId)
        let webhook = try await world.webhook("https://a.example", in: organization, by: root)
        let other = try await world.webhook(
            "https://b.example", in: .organization("org_2"), by: root)
        try await world.invite("carol@example.com", to: crm, by: ada)
        // Belongs to nobody but its owner.
        try await world.invite("carol@example.com", to: world.entity("Own", by: ada), by: ada)
        #expect(try await world.deliver(webhook).map(\.type) == ["invitation.sent"])
        #expect(try await world.deliver(other).isEmpty)
    }

    @Test
    func `an entity that was known without it gets its organization when it is next asked for`()
        async throws
    {
        try await world.invite("carol@example.com", to: crm, by: ada)
        _ = try await world.database.write { [crm] tx in
            try tx.execute(
                "UPDATE known_entities SET organization_id = NULL WHERE id = ?1", .text(crm))
        }
        // Only its owner: nothing is asked.
        _ = try await world.context.onEntityOwnerChanged(
            EntityOwnerChanged(entityId: crm, ownerId: bob.userId, updatedAt: world.clock.now()),
            eventId: "evt_1")
        world.entities.handOver(crm, to: bob.userId, at: world.clock.now())
        try await world.invite("dave@example.com", to: crm, by: bob)
        #expect(try await types() == ["invitation.sent", "invitation.sent"])
    }
}
