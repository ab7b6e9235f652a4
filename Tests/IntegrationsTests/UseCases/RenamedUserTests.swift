import Contract
import IntegrationsContract
import Kernel
import TestSupport
import Testing

@testable import Integrations

/// Grants are stored by ids, so a new username changes nothing but the name.
@Suite struct RenamedUserTests {
    let world: World
    let ada: Caller
    let bob: Caller
    let team: Team
    let crm: Integration

    /// Bob has a share and is a member of the team.
    init() async throws {
        world = try World()
        ada = world.user("ada")
        bob = world.user("bob")
        team = try await world.team("A Team", by: ada)
        try await world.join(bob, team, as: .dataWizard, by: ada)
        crm = try await world.integration(by: ada)
        try await world.share(crm, with: "user:bob", 3, by: ada)
    }

    @Test func `a renamed user keeps all access, under the new name`() async throws {
        let own = try await world.integration("Own", by: bob)
        let before = try world.database.dump()
        world.directory.rename(bob.userId, to: "robert", displayName: "Robert")
        #expect(try await world.access(to: crm, by: bob) == "3 user:robert")
        #expect(try await world.access(to: own, by: bob) == "2147483647 owner")
        let shares = try await world.useCases.listShares(of: crm.id, PageRequest(), by: ada)
        #expect(shares.items.map(\.principal.name.text) == ["user:robert"])
        #expect(shares.items.map(\.principal.displayName) == ["Robert"])
        #expect(
            try await world.useCases.getOwner(of: own.id, by: bob).name == .user("robert"))
        let members = try await world.useCases.listTeamMembers(
            of: team.id, PageRequest(), by: ada)
        #expect(members.items.map(\.user.username) == ["robert", "ada"])
        #expect(try world.database.dump() == before)
    }

    @Test func `a renamed user's share is found, changed and revoked only by the new name`()
        async throws
    {
        world.directory.rename(bob.userId, to: "robert")
        let old = await fault {
            try await world.useCases.getShare(of: crm.id, with: .user("bob"), by: ada)
        }
        #expect(old == .notFound)
        #expect(await fault { try await world.unshare(crm, with: "user:bob", by: ada) } == old)
        try await world.share(crm, with: "user:robert", 5, by: ada)
        #expect(try world.shares(of: crm) == [bob.userId: 5])
        try await world.unshare(crm, with: "user:robert", by: ada)
        #expect(try world.shares(of: crm).isEmpty)
        try await world.join(bob, team, as: .admin, by: ada)
        #expect(try world.roles(in: team)[bob.userId] == .admin)
    }

    @Test func `a user who gets a former username gets none of its access`() async throws {
        world.directory.rename(bob.userId, to: "robert")
        let namesake = Caller(userId: world.directory.add("namesake"))
        world.directory.rename(namesake.userId, to: "bob")
        #expect(try await world.access(to: crm, by: namesake) == nil)
        #expect(fault { try world.useCases.getTeam(team.id, by: namesake) } == .notFound)
        try await world.share(crm, with: "user:bob", 1, by: ada)
        #expect(try world.shares(of: crm) == [bob.userId: 3, namesake.userId: 1])
    }
}
