import Contract
import EntitiesContract
import InvitationsContract
import Kernel
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

/// Events of other services.
@Suite struct EventTests {
    let world: World
    let ada: Caller
    let bob: Caller
    let root: Caller
    let crm: String

    init() async throws {
        world = try World()
        ada = world.user("ada")
        bob = world.user("bob")
        root = world.user("root")
        crm = world.entity(by: ada)
        try await world.collaborator(bob, on: crm, by: ada)
    }

    private func name() throws -> String? { try known()?.name }
    private func owner() throws -> String? { try known()?.ownerId }

    private func known() throws -> KnownEntity? {
        try world.database.read { try KnownEntityStore.find(crm, in: $0) }
    }

    private func time(_ seconds: Int64) -> Timestamp {
        world.clock.now().adding(seconds: 100 + seconds)
    }

    @Test func `deleting a user removes their collaborations and revokes what they sent`()
        async throws
    {
        let sent = try await world.invite("carol@example.com", to: crm, by: ada)
        let bobs = world.entity("Bob's", by: bob)
        let dead = try await world.invite("carol@example.com", to: bobs, by: bob)
        #expect(try await world.context.onUserDeleted(bob.userId, by: root, eventId: "evt_1"))
        #expect(try world.collaborators(of: crm).isEmpty)
        // The new owner is notified when the ownership changes.
        #expect(try world.status(dead) == .pending && world.status(sent) == .pending)
        #expect(
            await fault { try await world.accept(dead, by: world.user("carol")) }?.kind
                == .gone)
        _ = try await world.context.onEntityOwnerChanged(
            EntityOwnerChanged(entityId: bobs, ownerId: ada.userId, updatedAt: time(1)),
            eventId: "evt_2")
        #expect(try world.status(dead) == .revoked)
        #expect(try world.events().last == "invitation.revoked > usr_ada")
        #expect(try world.events().contains("collaborator.removed > usr_ada"))
        // The deleted user's events are deleted.
        #expect(try world.events().allSatisfy { !$0.hasSuffix("usr_bob") })
        #expect(try world.audit(crm).last?.actorId == root.userId)
        // A request in flight of a deleted user changes nothing.
        let late = await fault { try await world.invite("x@example.com", to: bobs, by: bob) }
        #expect(late?.code == "user_deleted")
    }

    @Test func `deleting an entity removes its invitations and collaborators`() async throws {
        let pending = try await world.invite("carol@example.com", to: crm, by: ada)
        let fact = EntityDeleted(entityId: crm, actor: EventActor(ada))
        #expect(try await world.context.onEntityDeleted(fact, eventId: "evt_1"))
        #expect(try world.collaborators(of: crm).isEmpty && world.find(pending) == nil)
        #expect(try known() == nil)
        #expect(
            try world.events().suffix(2) == [
                "invitation.revoked > usr_ada", "collaborator.removed > usr_ada",
            ])
        // The audit stays.
        #expect(
            try world.actions(crm).suffix(2) == ["invitation.revoked", "collaborator.removed"])
        // The entities service still returns the old owner.
        let late = await fault { try await world.invite("x@example.com", to: crm, by: ada) }
        #expect(late == .notFound)
    }

    @Test func `an event is applied once`() async throws {
        let fact = EntityDeleted(entityId: crm, actor: EventActor(ada))
        #expect(try await world.context.onEntityDeleted(fact, eventId: "evt_1"))
        let before = try world.database.dump()
        #expect(try await !world.context.onEntityDeleted(fact, eventId: "evt_1"))
        #expect(try await !world.context.onUserDeleted("usr_ada", by: root, eventId: "evt_1"))
        #expect(try world.database.dump() == before)
        let many = await race(10) { _ in
            guard try await world.context.onUserDeleted("usr_bob", by: root, eventId: "evt_2")
            else { throw Fault.notFound }
        }
        #expect(many.succeeded == 1)
    }

    @Test func `the later of two names or owners counts, in whichever order events arrive`()
        async throws
    {
        let steps: [@Sendable (InvitationsContext) async throws -> Void] = [
            { [crm, time = time(1)] in
                _ = try await $0.onEntityRenamed(
                    EntityRenamed(entityId: crm, name: "One", updatedAt: time), eventId: "1")
            },
            { [crm, time = time(2)] in
                _ = try await $0.onEntityOwnerChanged(
                    EntityOwnerChanged(entityId: crm, ownerId: "usr_eve", updatedAt: time),
                    eventId: "2")
            },
            { [crm, time = time(3)] in
                _ = try await $0.onEntityRenamed(
                    EntityRenamed(entityId: crm, name: "Three", updatedAt: time), eventId: "3")
            },
        ]
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            let former = try #require(try known())
            for index in order { try await steps[index](world.context) }
            #expect(try name() == "Three" && owner() == "usr_eve", "\(order)")
            try await world.database.write { [crm] tx in
                try KnownEntityStore.delete(crm, in: tx)
                try KnownEntityStore.save(former, at: Timestamp(milliseconds: 0), in: tx)
                try tx.execute("DELETE FROM applied_events WHERE id > ''")
            }
        }
    }

    @Test func `an older event does not undo a newer query result`() async throws {
        world.entities.rename(crm, "Newest", at: time(9))
        try await world.invite("carol@example.com", to: crm, by: ada)
        #expect(try name() == "Newest")
        _ = try await world.context.onEntityRenamed(
            EntityRenamed(entityId: crm, name: "Old", updatedAt: time(0)), eventId: "1")
        #expect(try name() == "Newest")
    }

    @Test func `e-mails and pages show the new name, and the new owner receives the events`()
        async throws
    {
        let invitation = try await world.invite("carol@example.com", to: crm, by: ada)
        _ = try await world.context.onEntityRenamed(
            EntityRenamed(entityId: crm, name: "Shop", updatedAt: time(1)), eventId: "1")
        let link = InvitationLink.token(world.token(invitation))
        #expect(try world.useCases.view(link).name == "Shop")
        _ = try await world.context.onEntityOwnerChanged(
            EntityOwnerChanged(entityId: crm, ownerId: "usr_eve", updatedAt: time(2)),
            eventId: "2")
        _ = try await world.context.onUserDeleted(bob.userId, by: root, eventId: "3")
        #expect(try world.events().last == "collaborator.removed > usr_eve")
    }

    @Test
    func `the new owner of an entity without invitations is remembered for concurrent requests`()
        async throws
    {
        let other = world.entity("Other", by: ada)
        _ = try await world.context.onEntityRenamed(
            EntityRenamed(entityId: other, name: "X", updatedAt: time(1)), eventId: "1")
        #expect(try world.database.read { try KnownEntityStore.find(other, in: $0) } == nil)
        _ = try await world.context.onEntityOwnerChanged(
            EntityOwnerChanged(entityId: other, ownerId: "usr_x", updatedAt: time(1)),
            eventId: "2")
        // Ada queried before: the transaction refuses the former owner.
        let late = await fault {
            try await world.invite("x@example.com", to: other, by: ada)
        }
        #expect(late?.code == "entity_owner_required")
        #expect(try !world.events().contains { $0.hasPrefix("invitation.sent > usr_x") })
    }
}
