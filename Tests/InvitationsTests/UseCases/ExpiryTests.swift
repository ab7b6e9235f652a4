import Contract
import EntitiesContract
import InvitationsContract
import Kernel
import TestSupport
import Testing
import WriteKit

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

/// Expiry.
@Suite struct ExpiryTests {
    let world: World
    let ada: Caller
    let crm: String

    init() throws {
        world = try World()
        ada = world.user("ada")
        crm = world.entity(by: ada)
    }

    @Test func `an expiry is stored and its event emitted once`() async throws {
        let one = try await world.invite("one@example.com", to: crm, by: ada, days: 1)
        let two = try await world.invite("two@example.com", to: crm, by: ada, days: 2)
        #expect(try await world.useCases.expireSome() == 0)
        world.days(1)
        #expect(try await world.useCases.expireSome() == 1)
        #expect(try world.status(one) == .expired && world.status(two) == .pending)
        #expect(try await world.useCases.expireSome() == 0)
        #expect(try world.events().last == "invitation.expired > usr_ada")
        #expect(try world.eventData().last?["status"]?.string == "expired")
        let entry = try #require(try world.audit(crm).last)
        // No user is the actor.
        #expect(entry.action == "invitation.expired" && entry.actorId == nil)
        #expect(try world.events().filter { $0.hasPrefix("invitation.expired") }.count == 1)
    }

    @Test func `after a downtime events are emitted in the order of expiry`() async throws {
        for (name, days) in [("c", 3), ("a", 1), ("b", 2)] {
            try await world.invite("\(name)@example.com", to: crm, by: ada, days: days)
        }
        world.days(400)
        #expect(try await world.useCases.expireSome(2) == 2)
        #expect(try await world.useCases.expireSome(2) == 1)
        #expect(try await world.useCases.expireSome(2) == 0)
        let told = try world.eventData().suffix(3).compactMap { $0["email"]?.string }
        #expect(told == ["a@example.com", "b@example.com", "c@example.com"])
    }

    @Test func `two concurrent sweeps emit one event`() async throws {
        for index in 0..<30 {
            try await world.invite("u\(index)@example.com", to: crm, by: ada, days: 1)
        }
        world.days(2)
        let result = await race(10) { _ in _ = try await world.useCases.expireSome() }
        #expect(result.succeeded == 10)
        #expect(try world.events().filter { $0.hasPrefix("invitation.expired") }.count == 30)
    }

    @Test func `the owner at that moment receives the event`() async throws {
        try await world.invite("one@example.com", to: crm, by: ada, days: 1)
        let time = world.clock.now().adding(seconds: 5)
        _ = try await world.context.onEntityOwnerChanged(
            .init(entityId: crm, ownerId: "usr_eve", updatedAt: time), eventId: "evt_1")
        world.days(1)
        _ = try await world.useCases.expireSome()
        #expect(try world.events().last == "invitation.expired > usr_eve")
    }

    @Test func `accepted and revoked invitations never expire`() async throws {
        let bob = world.user("bob")
        try await world.collaborator(bob, on: crm, by: ada)
        let gone = try await world.invite("carol@example.com", to: crm, by: ada)
        try await world.revoke(gone, by: ada)
        world.days(400)
        #expect(try await world.useCases.expireSome() == 0)
        #expect(try world.collaborators(of: crm).keys.sorted() == [bob.userId])
    }
}
