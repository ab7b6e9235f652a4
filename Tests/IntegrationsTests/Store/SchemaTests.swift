import Contract
import IntegrationsContract
import Kernel
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import Integrations

/// The guarantees of the schema itself.
@Suite struct SchemaTests {
    let world: World
    let ada: Caller
    let crm: Integration
    let team: Team

    init() async throws {
        world = try World()
        ada = world.user("ada")
        crm = try await world.integration(by: ada)
        team = try await world.team("A Team", by: ada)
        try await world.share(crm, with: "team:a-team", by: ada)
    }

    private func share(
        _ id: String, of integrationId: String, with principal: Principal, _ level: Int = 1
    ) -> Share {
        let time = Timestamp(milliseconds: 0)
        return Share(
            id: id, integrationId: integrationId, principal: principal,
            level: AccessLevel(stored: level), createdAt: time, updatedAt: time)
    }

    @Test func `all tables are STRICT`() throws {
        #expect(try world.laxTables() == [])
    }

    @Test func `a slug, a team's id, a share and a membership are unique`() async throws {
        let other = try await world.integration("Other", by: ada)
        let slug = try await world.violation { tx in
            var taken = other
            taken.slug = crm.slug
            try IntegrationStore.update(taken, in: tx)
        }
        #expect(slug == .uniqueViolation)
        #expect(
            try await world.violation { try TeamStore.insert(team, createdBy: "usr_a", in: $0) }
                == .uniqueViolation)
        let principal = try await world.violation {
            try ShareStore.insert(share("shr_1", of: crm.id, with: .team("a-team")), in: $0)
        }
        #expect(principal == .uniqueViolation)
        let id = try await world.violation { tx in
            let id = try ShareStore.some(of: crm.id, limit: 1, in: tx)[0].id
            try ShareStore.insert(share(id, of: crm.id, with: .user("usr_bob")), in: tx)
        }
        #expect(id == .uniqueViolation)
        let member = try await world.violation { tx in
            let found = try TeamMemberStore.find(ada.userId, in: team.id, tx)
            if let found { try TeamMemberStore.insert(found, in: tx) }
        }
        #expect(member == .uniqueViolation)
    }

    @Test func `rows can't refer to a missing integration or team`() async throws {
        let shared = try await world.violation {
            try ShareStore.insert(share("shr_1", of: "int_none", with: .user("usr_bob")), in: $0)
        }
        #expect(shared == .foreignKeyViolation)
        let joined = try await world.violation { tx in
            let member = TeamMember(
                teamId: "none", userId: "usr_bob", role: .admin, joinedAt: tx.now)
            try TeamMemberStore.insert(member, in: tx)
        }
        #expect(joined == .foreignKeyViolation)
    }

    @Test func `invalid levels and roles can't be stored`() async throws {
        for level in [0, -1, 2_147_483_648] {
            let kind = try await world.violation {
                let share = share("shr_1", of: crm.id, with: .user("usr_bob"), level)
                try ShareStore.insert(share, in: $0)
            }
            #expect(kind != nil && kind != .uniqueViolation, "\(level)")
        }
        let role = try await world.violation { tx in
            try tx.execute(
                "UPDATE team_members SET role = 'owner' WHERE team_id = ?1", .text(team.id))
        }
        #expect(role != nil)
        for level in [1, 2_147_483_647] {
            try await world.share(crm, with: "user:ada", level, by: ada)
            #expect(try world.shares(of: crm)[ada.userId] == level)
        }
        for role in TeamRole.allCases {
            try await world.join(world.user("bob"), team, as: role, by: ada)
            #expect(try world.roles(in: team)["usr_bob"] == role)
        }
    }

    @Test func `audit entries can't be changed or deleted`() async throws {
        let changed = try await world.violation { tx in
            try tx.execute("UPDATE audit SET actor_id = 'usr_x' WHERE id > ''")
        }
        let deleted = try await world.violation { tx in
            try tx.execute("DELETE FROM audit WHERE id > ''")
        }
        #expect(changed != nil && deleted != nil)
    }

    @Test func `teams and members from the same moment have a stable order`() async throws {
        for name in ["b", "d", "c"] {
            world.user(name)
            _ = try await world.useCases.setTeamMember(name, of: team.id, to: nil, by: ada)
                .commit()
            _ = try await world.useCases.createTeam(try TeamDraft(name: name), by: ada).commit()
        }
        var members: [String] = []
        var teams: [String] = []
        for number in 1...4 {
            let request = PageRequest(page: number, size: 1)
            members += try await world.useCases.listTeamMembers(of: team.id, request, by: ada)
                .items.map(\.user.username)
            teams += try world.useCases.listTeams(search: nil, request, by: ada).items.map(\.id)
        }
        #expect(members == ["d", "c", "b", "ada"])
        // In the order of creation.
        #expect(teams == ["c", "d", "b", "a-team"])
    }
}
