import Contract
import IntegrationsContract
import Kernel
import TestSupport
import Testing
import WriteKit

@testable import Integrations

/// The members of a team, and the access that it gives them.
@Suite struct TeamMemberTests {
    let world: World
    let ada: Caller
    let bob: Caller
    let root: Caller
    let team: Team
    let crm: Integration

    /// Ada is the team's admin and owns the integration.
    init() async throws {
        world = try World()
        ada = world.user("ada")
        bob = world.user("bob")
        root = world.admin()
        team = try await world.team("A Team", by: ada)
        crm = try await world.integration(by: ada)
    }

    private func set(
        _ name: String, to role: TeamRole?, by caller: Caller
    ) async throws -> (role: TeamRole, isNew: Bool) {
        let (listed, isNew) = try await world.useCases.setTeamMember(
            name, of: team.id, to: role, by: caller
        ).commit()
        return (listed.member.role, isNew)
    }

    @Test func `without a role, a new member is member and an existing one keeps theirs`()
        async throws
    {
        #expect(try await set("bob", to: nil, by: ada) == (.member, true))
        #expect(try await set("bob", to: .dataWizard, by: ada) == (.dataWizard, false))
        let before = try world.database.dump()
        #expect(try await set("bob", to: nil, by: ada) == (.dataWizard, false))
        #expect(try await set("bob", to: .dataWizard, by: ada) == (.dataWizard, false))
        #expect(try world.database.dump() == before)
        #expect(try world.find(team: team.id)?.memberCount == 2)
    }

    @Test func `changing a role keeps the member's place in the list`() async throws {
        try await world.join(bob, team, by: ada)
        try await world.join(world.user("cyd"), team, by: ada)
        try await world.join(bob, team, as: .admin, by: ada)
        let page = try await world.useCases.listTeamMembers(of: team.id, PageRequest(), by: bob)
        #expect(page.items.map(\.user.username) == ["cyd", "bob", "ada"] && page.total == 3)
        #expect(page.items.map(\.member.role) == [.member, .admin, .admin])
    }

    @Test func `only the team's admins and platform admins add, change and remove members`()
        async throws
    {
        let cyd = world.user("cyd")
        for role in [TeamRole.member, .dataWizard] {
            try await world.join(bob, team, as: role, by: ada)
            // Another member, a stranger, the caller, a missing user.
            for name in ["ada", "cyd", "bob", "nobody"] {
                let given = try await world.refusal { try await set(name, to: .admin, by: bob) }
                #expect(given?.code == "not_a_team_admin", "\(name)")
            }
            let removed = try await world.refusal { try await world.leave(ada, team, by: bob) }
            #expect(removed?.code == "not_a_team_admin")
        }
        for name in ["ada", "cyd", "nobody"] {
            #expect(try await world.refusal { try await set(name, to: nil, by: cyd) } == .notFound)
        }
        #expect(try await world.refusal { try await world.leave(bob, team, by: cyd) } == .notFound)
        #expect(try await set("cyd", to: .admin, by: root) == (.admin, true))
        try await world.leave(ada, team, by: root)
    }

    @Test(arguments: ["nobody", "usr_bob", "BOB", ""])
    func `a member must be a user`(_ name: String) async throws {
        let given = try await world.refusal { try await set(name, to: nil, by: ada) }
        #expect(given?.kind == .invalid && given?.fields.map(\.pointer) == ["/username"])
        let removed = try await world.refusal {
            try await world.useCases.removeTeamMember(name, of: team.id, by: ada).commit()
        }
        #expect(removed == .notFound)
    }

    @Test func `every member can leave, and leaving is 404 for others`() async throws {
        for role in TeamRole.allCases {
            try await world.join(bob, team, as: role, by: ada)
            try await world.leave(bob, team, by: bob)
            #expect(try world.roles(in: team) == [ada.userId: .admin])
        }
        for caller in [bob, root] {
            #expect(
                try await world.refusal { try await world.leave(caller, team, by: caller) }
                    == .notFound)
        }
        #expect(try await world.refusal { try await world.leave(bob, team, by: ada) } == .notFound)
        // Even the last: platform admins can do what its admins could.
        try await world.leave(ada, team, by: ada)
        #expect(try world.find(team: team.id)?.memberCount == 0)
        #expect(try await set("bob", to: .admin, by: root) == (.admin, true))
    }

    // MARK: Access through the team

    @Test func `joining a team gives its access at once, and leaving ends it`() async throws {
        try await world.share(crm, with: "team:a-team", 6, by: ada)
        #expect(try await world.access(to: crm, by: bob) == nil)
        try await world.join(bob, team, by: ada)
        #expect(try await world.access(to: crm, by: bob) == "6 team:a-team")
        try await world.share(crm, with: "user:bob", 2, by: ada)
        #expect(try await world.access(to: crm, by: bob) == "6 team:a-team")
        try await world.leave(bob, team, by: bob)
        #expect(try await world.access(to: crm, by: bob) == "2 user:bob")
        try await world.unshare(crm, with: "user:bob", by: ada)
        #expect(try await world.access(to: crm, by: bob) == nil)
    }

    @Test func `the highest of several teams counts`() async throws {
        for (name, level) in [("One", 3), ("Two", 8), ("Three", 8)] {
            let team = try await world.team(name, by: ada)
            try await world.join(bob, team, by: ada)
            try await world.share(crm, with: "team:\(team.id)", level, by: ada)
        }
        #expect(try await world.access(to: crm, by: bob) == "8 team:three")
        try await world.share(crm, with: "team:three", 1, by: ada)
        #expect(try await world.access(to: crm, by: bob) == "8 team:two")
    }

    @Test func `a role in the owning team counts from the next request on`() async throws {
        try await world.join(root, team, as: .admin, by: ada)
        try await world.transfer(crm, teamId: team.id, by: root)
        func rename() async -> String? {
            await fault {
                try await world.useCases.updateIntegration(
                    crm.id, try IntegrationUpdate(name: .value("New")), by: bob
                ).commit()
            }?.code
        }
        #expect(await rename() == "not_found")
        try await world.join(bob, team, by: ada)
        #expect(await rename() == "not_an_integration_manager")
        try await world.join(bob, team, as: .dataWizard, by: ada)
        #expect(await rename() == nil)
        let deletion = await fault {
            try await world.useCases.deleteIntegration(crm.id, by: bob).commit()
        }
        #expect(deletion?.code == "not_an_integration_owner")
        try await world.leave(bob, team, by: ada)
        #expect(await rename() == "not_found")
    }

    // MARK: Changes during the request

    @Test func `adding a member fails if the caller stops being admin before the write`()
        async throws
    {
        try await world.join(bob, team, as: .admin, by: ada)
        let change = world.useCases.setTeamMember(
            world.user("cyd").userId.replacing("usr_", with: ""), of: team.id, to: .admin, by: bob)
        try await world.join(bob, team, as: .member, by: ada)
        #expect(await fault { try await change.commit() }?.code == "not_a_team_admin")
        try await world.leave(bob, team, by: ada)
        #expect(await fault { try await change.commit() } == .notFound)
        #expect(try world.roles(in: team) == [ada.userId: .admin])
    }

    @Test func `a user who is deleted during the lookup doesn't become a member`() async throws {
        let useCases = world.slow { [world, bob, root] in
            _ = try await world.useCases.onUserDeleted(bob.userId, by: root, eventId: "evt_1")
        }
        let fault = await fault {
            try await useCases.setTeamMember("bob", of: team.id, to: .admin, by: ada).commit()
        }
        #expect(fault?.fields.map(\.pointer) == ["/username"])
        #expect(try world.roles(in: team) == [ada.userId: .admin])
    }
}
