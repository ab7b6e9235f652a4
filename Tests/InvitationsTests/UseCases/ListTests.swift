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

/// Listing invitations.
@Suite struct ListTests {
    let world: World
    let ada: Caller
    let bob: Caller
    let crm: String

    init() throws {
        world = try World()
        ada = world.user("ada")
        bob = world.user("bob")
        crm = world.entity(by: ada)
    }

    private func list(_ status: InvitationStatus?, by caller: Caller) async throws -> [String] {
        try await world.useCases.listInvitations(to: crm, status, PageRequest(), by: caller)
            .items.map(\.email)
    }

    @Test func `the owner lists an entity's invitations newest first, or by status`()
        async throws
    {
        try await world.collaborator(bob, on: crm, by: ada)
        let revoked = try await world.invite("r@example.com", to: crm, by: ada)
        try await world.revoke(revoked, by: ada)
        try await world.invite("e@example.com", to: crm, by: ada, days: 1)
        world.days(2)
        _ = try await world.useCases.expireSome()
        try await world.invite("p@example.com", to: crm, by: ada)
        let other = world.entity("Other", by: ada)
        try await world.invite("o@example.com", to: other, by: ada)
        #expect(
            try await list(nil, by: ada)
                == ["p@example.com", "e@example.com", "r@example.com", "bob@example.com"])
        #expect(try await list(.pending, by: ada) == ["p@example.com"])
        #expect(try await list(.accepted, by: ada) == ["bob@example.com"])
        #expect(try await list(.expired, by: ada) == ["e@example.com"])
        #expect(try await list(.revoked, by: ada) == ["r@example.com"])
        #expect(
            await fault { _ = try await list(nil, by: bob) }?.code == "entity_owner_required")
        let eve = world.user("eve")
        #expect(await fault { _ = try await list(nil, by: eve) } == .notFound)
    }

    @Test func `a user lists the invitations to their address from all inviters`() async throws {
        let eve = world.user("eve")
        let evil = world.entity("Evil", by: eve)
        let first = try await world.invite("bob@example.com", to: crm, by: ada)
        let second = try await world.invite("bob@example.com", to: evil, by: eve)
        try await world.invite("bob@example.org", to: crm, by: ada)
        try await world.accept(first, by: bob)
        func mine(_ status: InvitationStatus?, _ caller: Caller) async throws -> [String] {
            try await world.useCases.listMine(status, PageRequest(), by: caller).items.map(
                \.invitation.id)
        }
        #expect(try await mine(nil, bob) == [second.id, first.id])
        #expect(try await mine(.pending, bob) == [second.id])
        #expect(try await mine(.accepted, bob) == [first.id])
        // The inviter's own list differs.
        #expect(try await mine(nil, ada).isEmpty)
        world.directory.remove(bob.userId)
        #expect(try await mine(nil, bob).isEmpty)
    }

    @Test func `totals count all pages`() async throws {
        for index in 0..<5 { try await world.invite("u\(index)@example.com", to: crm, by: ada) }
        let page = try await world.useCases.listInvitations(
            to: crm, .pending, PageRequest(page: 2, size: 2), by: ada)
        #expect(page.items.map(\.email) == ["u2@example.com", "u1@example.com"])
        #expect(page.total == 5)
    }

    @Test func `stores are only queried if nothing else gives access`() async throws {
        let before = world.entities.storesAsked
        _ = try await list(nil, by: ada)
        #expect(world.entities.storesAsked == before)
        // Also for missing ones: an outage must not reveal what exists.
        for id in [crm, "ent_01JHMZ0000000000000000000A"] {
            _ = await fault {
                _ = try await world.useCases.listInvitations(
                    to: id, nil, PageRequest(), by: bob)
            }
        }
        #expect(world.entities.storesAsked == before + 2)
    }
}
