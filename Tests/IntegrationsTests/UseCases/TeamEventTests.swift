import Contract
import IntegrationsContract
import Kernel
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import Integrations

/// Who receives the events of a team and of what it owns: its admins.
@Suite struct TeamEventTests {
    private let world: World
    private let ada: Caller
    private let bob: Caller
    private let eve: Caller
    private let root: Caller

    init() throws {
        world = try World()
        ada = world.user("ada")
        bob = world.user("bob")
        eve = world.user("eve")
        root = world.admin()
    }

    /// `team.created ada+bob` and the like, the oldest first, since the last call.
    private func events() async throws -> [String] {
        let events = try await world.database.write { tx in
            let events = try EventOutbox.waiting(count: 1_000, bytes: 1 << 20, in: tx)
            try EventOutbox.delete(through: events.last?.position ?? 0, in: tx)
            return events
        }
        return events.map { event in
            let owners = event.owners.map { String($0.dropFirst(4)) }.joined(separator: "+")
            return "\(event.type) \(owners)"
        }
    }

    @Test func `a team's admins receive what happens to the team and its members`() async throws {
        let team = try await world.team("A Team", by: ada)
        #expect(try await events() == ["team.created ada", "team_member.added ada"])
        try await world.join(eve, team, by: ada)
        try await world.join(bob, team, as: .admin, by: ada)
        #expect(try await events() == ["team_member.added ada", "team_member.added ada+bob"])
        try await world.join(eve, team, as: .admin, by: bob)
        // Whoever loses the role hears of it, too.
        try await world.join(eve, team, as: .dataWizard, by: ada)
        _ = try await world.useCases.updateTeam(
            team.id, try TeamUpdate(name: .value("New")), by: ada
        ).commit()
        try await world.leave(bob, team, by: bob)
        #expect(
            try await events() == [
                "team_member.role_changed ada+eve+bob", "team_member.role_changed ada+eve+bob",
                "team.updated ada+bob", "team_member.removed ada+bob",
            ])
        try await world.useCases.deleteTeam(team.id, by: ada).commit()
        #expect(
            try await events() == [
                "team_member.removed ada", "team_member.removed ada", "team.deleted ada",
            ])
    }

    @Test func `they receive what happens to the integrations that it owns`() async throws {
        let team = try await world.team("A Team", by: ada)
        try await world.join(bob, team, as: .admin, by: ada)
        try await world.join(root, team, as: .dataWizard, by: ada)
        let crm = try await world.integration(by: ada)
        _ = try await events()
        try await world.transfer(crm, teamId: team.id, by: root)
        try await world.share(crm, with: "user:eve", 1, by: ada)
        try await world.share(crm, with: "user:eve", 2, by: ada)
        _ = try await world.useCases.updateIntegration(
            crm.id, try IntegrationUpdate(name: .value("New")), by: bob
        ).commit()
        try await world.useCases.deleteIntegration(crm.id, by: ada).commit()
        #expect(
            try await events() == [
                "integration.owner_changed ada+bob", "integration_share.created ada+bob",
                "integration_share.changed ada+bob", "integration.updated ada+bob",
                "integration_share.removed ada+bob", "integration.deleted ada+bob",
            ])
    }

    @Test func `an offboarded admin receives nothing of what is taken back`() async throws {
        let team = try await world.team("A Team", by: ada)
        try await world.join(bob, team, as: .admin, by: ada)
        _ = try await events()
        try await world.useCases.onUserOffboarded(ada, by: root, "opr_1")
        #expect(try await events() == ["team_member.removed bob"])
    }

    @Test func `as many admins as can be receive an event, the longest-standing ones`()
        async throws
    {
        let team = try await world.team("A Team", by: ada)
        for number in 1...TeamMemberStore.notified + 5 {
            try await world.join(world.user("u\(number)"), team, as: .admin, by: ada)
        }
        _ = try await events()
        try await world.join(eve, team, by: ada)
        let names = ["ada"] + (1..<TeamMemberStore.notified).map { "u\($0)" }
        #expect(try await events() == ["team_member.added " + names.joined(separator: "+")])
    }
}
