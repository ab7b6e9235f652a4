import IntegrationsContract
import Kernel
import TestSupport
import Testing
import WriteKit

@testable import Integrations

/// Creating, renaming, listing and deleting teams.
@Suite struct TeamTests {
    let world: World
    let ada: Caller
    let bob: Caller
    let root: Caller

    init() throws {
        world = try World()
        ada = world.user("ada")
        bob = world.user("bob")
        root = world.admin()
    }

    private func ids(_ search: String? = nil, by caller: Caller) throws -> [String] {
        try world.useCases.listTeams(search: search, PageRequest(), by: caller).items.map(\.id)
    }

    @Test func `the creator of a team becomes its admin`() async throws {
        let team = try await world.team("A Team", by: ada)
        #expect(team.id == "a-team" && team.memberCount == 1)
        #expect(team.createdAt == world.clock.now())
        #expect(try world.useCases.getTeam("a-team", by: ada) == team)
        #expect(try world.roles(in: team) == [ada.userId: .admin])
    }

    @Test func `a requested id is given or refused, a derived one is always free`()
        async throws
    {
        try await world.team("A Team", by: ada)
        #expect(try await world.team("A Team", by: bob).id == "a-team-2")
        let taken = try await world.refusal {
            try await world.useCases.createTeam(try TeamDraft(name: "B", id: "a-team"), by: bob)
                .commit()
        }
        #expect(taken?.kind == .conflict && taken?.code == "team_id_taken")
    }

    @Test func `members and platform admins see a team, others don't`() async throws {
        let team = try await world.team("A Team", by: ada)
        try await world.join(bob, team, by: ada)
        for caller in [ada, bob, root] {
            #expect(try world.useCases.getTeam(team.id, by: caller).memberCount == 2)
        }
        let eve = world.user("eve")
        let hidden = fault { try world.useCases.getTeam(team.id, by: eve) }
        #expect(hidden == .notFound)
        #expect(fault { try world.useCases.getTeam("none", by: ada) } == hidden)
    }

    @Test func `the list has the caller's teams, or all for platform admins, newest first`()
        async throws
    {
        for name in ["One", "Two", "Three"] { try await world.team(name, by: ada) }
        try await world.team("Four", by: bob)
        let two = try #require(try world.find(team: "two"))
        try await world.join(bob, two, by: ada)
        #expect(try ids(by: ada) == ["three", "two", "one"])
        #expect(try ids(by: bob) == ["four", "two"])
        #expect(try ids(by: root) == ["four", "three", "two", "one"])
        #expect(try ids("T", by: ada) == ["three", "two"])
        #expect(try ids("fOUR", by: ada).isEmpty && ids("fOUR", by: root) == ["four"])
        let page = try world.useCases.listTeams(
            search: "o", PageRequest(page: 2, size: 2), by: root)
        #expect(page.items.map(\.id) == ["one"] && page.total == 3)
    }

    @Test func `renaming a team keeps its id`() async throws {
        let team = try await world.team("A Team", by: ada)
        func rename(_ name: String?, by caller: Caller) async throws -> Team {
            try await world.useCases.updateTeam(
                team.id, try TeamUpdate(name: name.map { .value($0) } ?? .unchanged), by: caller
            ).commit()
        }
        let renamed = try await rename("Other", by: ada)
        #expect(renamed.id == team.id && renamed.name == "Other")
        #expect(try ids("other", by: ada) == ["a-team"] && ids("a team", by: ada).isEmpty)
        let before = try world.database.dump()
        for same in [nil, "Other"] { #expect(try await rename(same, by: root) == renamed) }
        #expect(try world.database.dump() == before)
        for role in [TeamRole.member, .dataWizard] {
            try await world.join(bob, team, as: role, by: ada)
            let weak = try await world.refusal { try await rename("Mine", by: bob) }
            #expect(weak?.code == "not_a_team_admin")
        }
    }

    // MARK: Deleting

    @Test func `a team that owns integrations can't be deleted`() async throws {
        let team = try await world.team("A Team", by: root)
        let crm = try await world.integration(by: ada)
        try await world.transfer(crm, teamId: team.id, by: root)
        for _ in 0..<2 {
            let fault = try await world.refusal {
                try await world.useCases.deleteTeam(team.id, by: root).commit()
            }
            #expect(fault?.kind == .conflict && fault?.code == "team_owns_integrations")
        }
        try await world.useCases.deleteIntegration(crm.id, by: root).commit()
        try await world.useCases.deleteTeam(team.id, by: root).commit()
        #expect(try world.find(team: team.id) == nil)
    }

    @Test func `deleting a team deletes its shares and ends its members' access through them`()
        async throws
    {
        let team = try await world.team("A Team", by: ada)
        try await world.join(bob, team, by: ada)
        let crm = try await world.integration(by: ada)
        let other = try await world.integration("Other", by: ada)
        try await world.share(crm, with: "team:a-team", 3, by: ada)
        try await world.share(other, with: "team:a-team", 3, by: ada)
        try await world.share(other, with: "user:bob", 1, by: ada)
        #expect(try await world.access(to: other, by: bob) == "3 team:a-team")
        try await world.useCases.deleteTeam(team.id, by: ada).commit()
        #expect(try await world.access(to: crm, by: bob) == nil)
        #expect(try await world.access(to: other, by: bob) == "1 user:bob")
        #expect(try world.find(crm.id)?.shareCount == 0 && world.find(other.id)?.shareCount == 1)
        #expect(try ids(by: bob).isEmpty)
    }

    @Test func `a new team with a former id inherits nothing`() async throws {
        let team = try await world.team("A Team", by: ada)
        let crm = try await world.integration(by: ada)
        try await world.share(crm, with: "team:a-team", by: ada)
        try await world.join(bob, team, as: .admin, by: ada)
        try await world.useCases.deleteTeam(team.id, by: ada).commit()
        let again = try await world.team("A Team", by: world.user("eve"))
        #expect(again.id == team.id && again.memberCount == 1)
        #expect(try world.roles(in: again) == ["usr_eve": .admin])
        #expect(try await world.access(to: crm, by: world.user("eve")) == nil)
        #expect(fault { try world.useCases.getTeam(again.id, by: bob) } == .notFound)
    }

    @Test func `only the team's admins and platform admins delete it`() async throws {
        let team = try await world.team("A Team", by: ada)
        for (role, code) in [
            (TeamRole.member, "not_a_team_admin"), (.dataWizard, "not_a_team_admin"),
        ] {
            try await world.join(bob, team, as: role, by: ada)
            let weak = try await world.refusal {
                try await world.useCases.deleteTeam(team.id, by: bob).commit()
            }
            #expect(weak?.code == code)
        }
        let hidden = try await world.refusal {
            try await world.useCases.deleteTeam(team.id, by: world.user("eve")).commit()
        }
        #expect(hidden == .notFound)
        try await world.join(bob, team, as: .admin, by: ada)
        try await world.useCases.deleteTeam(team.id, by: bob).commit()
        try await world.team("A Team", by: ada)
        try await world.useCases.deleteTeam(team.id, by: root).commit()
    }
}
