import Contract
import IntegrationsContract
import Kernel
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import Integrations

@Suite struct ProvisioningTests {
    private let root = Caller(userId: "usr_root", isAdmin: true, tokenId: "tok_1", requestId: "r1")

    private func provision(
        _ world: World, _ action: ProvisionedTeamCommand.Action, _ id: String? = nil,
        version: Int? = nil, name: String? = nil, externalId: Patch<String> = .unchanged,
        added: [String] = [], removed: [String] = [], areAll: Bool = false
    ) async throws -> ProvisionedTeamReply {
        world.later()
        return try await world.useCases.provision(
            ProvisionedTeamCommand(
                action, id: id, by: EventActor(root), version: version, name: name,
                externalId: externalId,
                members: ProvisionedTeamCommand.Members(
                    added: added, removed: removed, areAll: areAll)))
    }

    private func members(_ world: World, _ id: String) throws -> [String]? {
        try world.useCases.provisionedTeams(
            ProvisionedTeamsQuery(.ids([id]), limit: 1, withMembers: true)
        ).teams.first?.memberIds?.sorted()
    }

    @Test func `a provider's team has its members, no admin, and counts for no quota`()
        async throws
    {
        let world = try World()
        let made = try await provision(
            world, .create, name: "Data Team", externalId: .value("00g"), added: ["usr_a", "usr_b"])
        let team = try #require(made.team)
        #expect(team.id == "data-team" && team.externalId == "00g" && team.isManaged)
        #expect(try members(world, team.id) == ["usr_a", "usr_b"])
        let shown = try world.useCases.getTeam(team.id, by: root)
        #expect(shown.memberCount == 2 && shown.managedBy == .scim)
        let used = try world.database.read {
            try $0.rows("SELECT used FROM quota_usage WHERE quota = 'teams'") { $0.int(0) }
        }
        #expect(used.isEmpty)
        let entries = try world.database.read {
            try $0.rows("SELECT action, actor_id, token_id FROM audit ORDER BY id") {
                [$0.text(0), $0.text(1), $0.text(2)]
            }
        }
        #expect(
            entries.map { $0[0] } == ["team.created"]
                + Array(
                    repeating: "team_member.added", count: 2))
        #expect(entries.allSatisfy { $0[1...] == ["usr_root", "tok_1"] })
    }

    @Test func `members are added, removed and replaced, each once, and roles stay`()
        async throws
    {
        let world = try World()
        let id = try #require(
            try await provision(world, .create, name: "Data", added: ["usr_a", "usr_b"]).team
        ).id
        #expect(world.directory.add("a") == "usr_a")
        _ = try await world.useCases.setTeamMember("a", of: id, to: .admin, by: root).commit()
        let version = try #require(
            try await provision(world, .change, id, added: ["usr_a", "usr_c"], removed: ["usr_b"])
                .team
        ).version
        #expect(try members(world, id) == ["usr_a", "usr_c"])
        // What is so already changes nothing.
        let same = try await provision(world, .change, id, added: ["usr_c"], removed: ["usr_b"])
        #expect(same.team?.version == version)
        _ = try await provision(world, .change, id, added: ["usr_a", "usr_d"], areAll: true)
        #expect(try members(world, id) == ["usr_a", "usr_d"])
        let role = try world.database.read { try TeamMemberStore.find("usr_a", in: id, $0)?.role }
        #expect(role == .admin)
        _ = try await provision(world, .change, id, areAll: true)
        #expect(try members(world, id) == [])
    }

    @Test func `a change that is meant for another version has no effect`() async throws {
        let world = try World()
        let team = try #require(try await provision(world, .create, name: "Data").team)
        let changed = try #require(
            try await provision(
                world, .change, team.id, version: team.version, name: "Other"
            ).team)
        #expect(changed.version > team.version && changed.updatedAt > team.updatedAt)
        for action in [ProvisionedTeamCommand.Action.change, .delete] {
            let stale = try await provision(
                world, action, team.id, version: team.version, name: "Third", added: ["usr_a"])
            #expect(stale.refusal == .otherVersion)
        }
        #expect(try members(world, team.id) == [])
        #expect(try await provision(world, .change, "none", name: "x").refusal == .notFound)
        let other = try await provision(world, .create, name: "B", externalId: .value("00g"))
        #expect(
            try await provision(world, .change, team.id, externalId: .value("00g")).refusal
                == .externalIdTaken)
        #expect(
            try await provision(world, .change, other.team?.id, externalId: .null).team?.externalId
                == nil)
    }

    @Test func `people can't change what a provider manages, until an admin ends that`()
        async throws
    {
        let world = try World()
        let id = try #require(
            try await provision(world, .create, name: "Data", added: ["usr_a"]).team
        ).id
        #expect(world.directory.add("a") == "usr_a")
        #expect(world.directory.add("b") == "usr_b")
        func fails(_ write: @Sendable () async throws -> Void) async -> String? {
            await caught(Fault.self) { try await write() }?.code
        }
        let (useCases, root) = (world.useCases, root)
        let managed = ProblemType.managedBySCIM.code
        #expect(
            await fails {
                _ = try await useCases.updateTeam(
                    id, try TeamUpdate(name: .value("Other")), by: root
                ).commit()
            } == managed)
        #expect(
            await fails {
                _ = try await useCases.setTeamMember("b", of: id, to: nil, by: root).commit()
            } == managed)
        #expect(
            await fails {
                try await useCases.removeTeamMember("a", of: id, by: root).commit()
            } == managed)
        #expect(await fails { try await useCases.deleteTeam(id, by: root).commit() } == managed)
        // A member's role is no part of what the provider manages.
        _ = try await useCases.setTeamMember("a", of: id, to: .admin, by: root).commit()
        let admin = Caller(userId: "usr_a")
        #expect(
            await fails {
                try await useCases.removeTeamMember(
                    "a", of: id, by: admin
                ).commit()
            } == managed)
        #expect(
            await fails {
                _ = try await useCases.updateTeam(
                    id, try TeamUpdate(managedBy: .null), by: admin
                ).commit()
            } == managed)
        let released = try await useCases.updateTeam(
            id, try TeamUpdate(name: .value("Other"), managedBy: .null), by: root
        ).commit()
        #expect(released.managedBy == nil && released.name == "Other")
        #expect(
            await fails { try await useCases.deleteTeam(id, by: root).commit() } == nil)
    }

    @Test func `teams are found by what providers know of them`() async throws {
        let world = try World()
        for (name, externalId) in [("Data", "1"), ("DATA", "2"), ("Ops", "3")] {
            _ = try await provision(
                world, .create, name: name, externalId: .value(externalId),
                added: name == "Ops" ? ["usr_a"] : [])
        }
        func find(_ which: ProvisionedTeamsQuery.Which, _ limit: Int = 10) throws -> [String?] {
            try world.useCases.provisionedTeams(
                ProvisionedTeamsQuery(which, limit: limit)
            ).teams.map(\.externalId)
        }
        #expect(try find(.name("dAtA")) == ["1", "2"])
        #expect(try find(.externalId("3")) == ["3"])
        #expect(try find(.member("usr_a")) == ["3"])
        #expect(try find(.after(1)) == ["2", "3"])
        #expect(try find(.from(2), 1) == ["2"])
        #expect(try find(.ids(["ops", "none", "data"])) == ["3", "1"])
        let all = try world.useCases.provisionedTeams(ProvisionedTeamsQuery(.from(1), limit: 2))
        #expect(all.total == 3 && all.teams.count == 2)
        _ = try await provision(world, .delete, "ops")
        #expect(try find(.member("usr_a")).isEmpty && find(.from(1)) == ["1", "2"])
        #expect(throws: Fault.self) {
            try world.useCases.provisionedTeams(
                ProvisionedTeamsQuery(.from(1), limit: 21, withMembers: true))
        }
    }

    @Test func `a user who was deleted meanwhile does not become a member`() async throws {
        let world = try World()
        let id = try #require(try await provision(world, .create, name: "Data").team).id
        try await world.database.write { try Tombstone.user.insert("usr_gone", in: $0) }
        let reply = try await provision(world, .change, id, added: ["usr_gone", "usr_a"])
        #expect(reply.refusal == nil)
        #expect(try members(world, id) == ["usr_a"])
    }

    @Test func `a team has no more members than the quota allows`() async throws {
        let world = try World()
        var useCases = world.useCases
        useCases.quotas.members.limit = 2
        let reply = try await useCases.provision(
            ProvisionedTeamCommand(
                .create, by: EventActor(root), name: "Data",
                members: ProvisionedTeamCommand.Members(added: ["usr_a", "usr_b", "usr_c"])))
        #expect(reply.refusal == .tooManyMembers)
        #expect(try world.useCases.listTeams(search: nil, PageRequest(), by: root).total == 0)
    }
}
