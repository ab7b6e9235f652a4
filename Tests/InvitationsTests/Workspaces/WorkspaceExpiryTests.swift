import Contract
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

/// Time passes for invitations to workspaces.
@Suite struct WorkspaceExpiryTests {
    let world: World
    let ada: Caller
    let lab: Workspace

    init() async throws {
        world = try World()
        ada = world.user("ada")
        lab = try await world.workspace(by: ada)
    }

    @Test func `an expiry is stored and its event emitted once`() async throws {
        let one = try await world.invite("one@example.com", into: lab, by: ada)
        let two = try await world.invite("two@example.com", into: lab, by: ada)
        #expect(try await world.workspaces.expireSome() == 0)
        world.later(7 * 86_400 - 1)
        #expect(try await world.workspaces.expireSome() == 1)
        #expect(try world.status(one) == .expired && world.status(two) == .pending)
        #expect(try await world.workspaces.expireSome() == 0)
        #expect(try world.events().last == "workspace.invitation_expired > usr_ada")
        #expect(try world.count("workspace.invitation_expired") == 1)
        #expect(
            try world.actions(lab.id).filter { $0 == "workspace_invitation.expired" }.count == 1)
    }

    @Test func `after a downtime events are emitted in the order of expiry`()
        async throws
    {
        for (name, days) in [("c", 3), ("a", 1), ("b", 2)] as [(String, Int64)] {
            let made = try await world.invite("\(name)@example.com", into: lab, by: ada)
            try await world.prolong(
                made, to: world.clock.now().adding(seconds: days * 86_400), by: ada)
        }
        world.days(400)
        #expect(try await world.workspaces.expireSome(2) == 2)
        #expect(try await world.workspaces.expireSome(2) == 1)
        #expect(try await world.workspaces.expireSome(2) == 0)
        let told = try world.eventData().suffix(3).compactMap { $0["invited_email"]?.string }
        #expect(told == ["a@example.com", "b@example.com", "c@example.com"])
    }

    @Test func `two concurrent sweeps emit one event`() async throws {
        for index in 0..<30 {
            try await world.invite("u\(index)@example.com", into: lab, by: ada)
        }
        world.days(8)
        let result = await race(10) { _ in _ = try await world.workspaces.expireSome() }
        #expect(result.succeeded == 10)
        #expect(try world.count("workspace.invitation_expired") == 30)
    }

    @Test func `the owner at that moment receives the event`() async throws {
        let bob = world.user("bob")
        try await world.member(bob, of: lab, by: ada)
        try await world.invite("one@example.com", into: lab, by: ada)
        try await world.handOver(lab, to: bob, by: ada)
        world.days(7)
        #expect(try await world.workspaces.expireSome() == 1)
        #expect(try world.events().last == "workspace.invitation_expired > usr_bob")
    }

    @Test func `answered and revoked invitations never expire`() async throws {
        let bob = world.user("bob")
        try await world.member(bob, of: lab, by: ada)
        let rejected = try await world.invite("dan@example.com", into: lab, by: ada)
        try await world.answer(rejected, "rejected", by: world.user("dan"))
        let gone = try await world.invite("carol@example.com", into: lab, by: ada)
        try await world.withdraw(gone, by: ada)
        world.days(400)
        #expect(try await world.workspaces.expireSome() == 0)
        #expect(try world.members(of: lab)[bob.userId] == .read)
        #expect(try world.status(rejected) == .rejected && world.status(gone) == .revoked)
    }

    @Test func `an overdue invitation is expired, not revoked`() async throws {
        let bob = world.user("bob")
        try await world.member(bob, of: lab, by: ada)
        try await world.handOver(lab, to: bob, by: ada)
        let late = try await world.invite("late@example.com", into: lab, by: bob)
        try await world.handOver(lab, to: ada, by: bob)
        world.days(7)
        // The sweep is some seconds late.
        #expect(try await world.listMine(.expired, by: world.user("late")).count == 1)
        try await world.remove(bob, from: lab, by: ada)
        #expect(try world.status(late) == .expired)
        #expect(try world.count("workspace.invitation_revoked") == 0)
        #expect(try world.count("workspace.invitation_expired") == 1)
        // So it is when the workspace goes.
        try await world.invite("later@example.com", into: lab, by: ada)
        world.days(7)
        try await world.delete(lab, by: ada)
        #expect(try world.count("workspace.invitation_revoked") == 0)
        #expect(try world.count("workspace.invitation_expired") == 2)
    }
}
