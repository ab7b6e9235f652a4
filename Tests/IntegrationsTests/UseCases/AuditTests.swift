import Contract
import IntegrationsContract
import Kernel
import TestSupport
import Testing
import WriteKit

@testable import Integrations

/// The audit of everything that gives, changes or revokes access.
@Suite struct AuditTests {
    let world: World
    let ada: Caller
    let root: Caller

    init() throws {
        world = try World()
        ada = world.user("ada")
        root = world.admin()
        world.user("bob")
    }

    /// The entries that `body` adds.
    private func written(_ body: () async throws -> Void) async throws -> [AuditEntryBody] {
        let before = try world.audit().count
        try await body()
        return Array(try world.audit().dropFirst(before))
    }

    @Test func `the audit records the whole life of an integration and its shares`() async throws {
        let crm = try await world.integration(by: ada)
        _ = try await world.useCases.updateIntegration(
            crm.id,
            try IntegrationUpdate(
                name: .value("New"), slug: .value("new"), description: .value("For sales")),
            by: ada
        ).commit()
        try await world.share(crm, with: "user:bob", 1, by: ada)
        try await world.share(crm, with: "user:bob", 7, by: ada)
        try await world.unshare(crm, with: "user:bob", by: ada)
        try await world.transfer(crm, userId: "bob", by: root)
        try await world.share(crm, with: "user:ada", 2, by: root)
        try await world.useCases.deleteIntegration(crm.id, by: root).commit()
        // Members in the order of their names: description, externalId, name, owner, slug;
        // accessLevel, principal.
        #expect(
            try world.audit(of: crm).map(\.line) == [
                "integration.created - > ?,?,CRM,usr_ada,crm",
                "integration.updated ?,?,CRM,usr_ada,crm > For sales,?,New,usr_ada,new",
                "share.created - > 1,usr_bob",
                "share.changed 1,usr_bob > 7,usr_bob",
                "share.removed 7,usr_bob > -",
                "integration.owner_changed For sales,?,New,usr_ada,new > "
                    + "For sales,?,New,usr_bob,new",
                "share.created - > 2,usr_ada",
                "share.removed 2,usr_ada > -",
                "integration.deleted For sales,?,New,usr_bob,new > -",
            ])
        let byAda = "usr_ada tok_ada r-ada"
        let byRoot = "usr_root tok_root r-root"
        #expect(
            try world.audit(of: crm).map(\.actor)
                == Array(repeating: byAda, count: 5) + Array(repeating: byRoot, count: 4))
    }

    @Test func `each entry has its time and subject`() async throws {
        let crm = try await world.integration(by: ada)
        let made = try #require(try world.audit(of: crm).last)
        #expect(made.at == world.clock.now() && made.subject.type == "integration")
        #expect(made.subject.id == crm.id)
        let share = try await world.share(crm, with: "user:bob", by: ada)
        let given = try #require(try world.audit(of: crm).last)
        #expect(given.at == world.clock.now() && given.subject.type == "share")
        #expect(given.subject.id == share.id && given.at > made.at)
    }

    @Test func `the audit records the whole life of a team`() async throws {
        let entries = try await written {
            let team = try await world.team("A Team", by: ada)
            let bob = world.user("bob")
            try await world.join(bob, team, by: ada)
            try await world.join(bob, team, as: .dataWizard, by: ada)
            _ = try await world.useCases.updateTeam(
                team.id, try TeamUpdate(name: .value("New")), by: ada
            ).commit()
            try await world.leave(bob, team, by: bob)
            try await world.useCases.deleteTeam(team.id, by: ada).commit()
        }
        // A member's: role, team, user.
        #expect(
            entries.map(\.line) == [
                "team.created - > ?,?,A Team",
                "team_member.added - > admin,a-team,usr_ada",
                "team_member.added - > member,a-team,usr_bob",
                "team_member.role_changed member,a-team,usr_bob > data-wizard,a-team,usr_bob",
                "team.updated ?,?,A Team > ?,?,New",
                "team_member.removed data-wizard,a-team,usr_bob > -",
                "team_member.removed admin,a-team,usr_ada > -",
                "team.deleted ?,?,New > -",
            ])
        #expect(entries.filter { $0.actor == "usr_bob tok_bob r-bob" }.count == 1)
        #expect(entries.map(\.subject.id).prefix(3) == ["a-team", "usr_ada", "usr_bob"])
        #expect(entries.map(\.subject.type).prefix(2) == ["team", "team_member"])
    }

    @Test func `deleting a team records its lost shares in the integration's audit`() async throws {
        let team = try await world.team("A Team", by: ada)
        let crm = try await world.integration(by: root)
        try await world.share(crm, with: "team:a-team", 4, by: root)
        try await world.useCases.deleteTeam(team.id, by: ada).commit()
        let last = try #require(try world.audit(of: crm).last)
        #expect(last.line == "share.removed 4,team:a-team > -")
        #expect(last.actor == "usr_ada tok_ada r-ada")
    }

    @Test func `a deleted user's losses are recorded as changes by the admin who deleted them`()
        async throws
    {
        let crm = try await world.integration(by: ada)
        let team = try await world.team("A Team", by: ada)
        try await world.share(crm, with: "user:ada", by: ada)
        let entries = try await written {
            _ = try await world.useCases.onUserDeleted(ada.userId, by: root, eventId: "evt_1")
        }
        #expect(
            entries.map(\.line) == [
                "integration.owner_changed ?,?,CRM,usr_ada,crm > ?,?,CRM,usr_root,crm",
                "share.removed 1,usr_ada > -",
                "team_member.removed admin,\(team.id),usr_ada > -",
            ])
        #expect(Set(entries.map(\.actor)) == ["usr_root tok_root r-root"])
    }

    @Test func `a refused request is not recorded`() async throws {
        let crm = try await world.integration(by: ada)
        let entries = try await written {
            let eve = world.user("eve")
            _ = await fault { try await world.share(crm, with: "user:eve", by: eve) }
            _ = await fault { try await world.share(crm, with: "user:nobody", by: ada) }
            _ = await fault { try await world.transfer(crm, userId: "ada", by: ada) }
            _ = await fault { try await world.unshare(crm, with: "user:bob", by: ada) }
        }
        #expect(entries.isEmpty)
    }

    // MARK: Reading the audit

    @Test func `managers read an integration's audit by id or slug, others can't`() async throws {
        let team = try await world.team("A Team", by: ada)
        try await world.join(root, team, as: .dataWizard, by: ada)
        let crm = try await world.integration(by: ada)
        let other = try await world.integration("Other", by: ada)
        try await world.share(crm, with: "user:bob", by: ada)
        func count(_ reference: String, by caller: Caller) throws -> Int {
            try world.useCases.listAudit(of: reference, AuditFilter(), PageRequest(), by: caller)
                .total
        }
        for caller in [ada, root] {
            #expect(try count(crm.id, by: caller) == 2 && count("crm", by: caller) == 2)
            #expect(try count(other.id, by: caller) == 1)
        }
        #expect(
            fault { try count("crm", by: world.user("bob")) }?.code == "not_an_integration_manager")
        #expect(fault { try count("crm", by: world.user("eve")) } == .notFound)
        try await world.transfer(crm, teamId: team.id, by: root)
        try await world.join(world.user("bob"), team, as: .dataWizard, by: ada)
        #expect(try count("crm", by: world.user("bob")) == 3)
    }

    @Test func `only platform admins read the audit of a deleted integration`() async throws {
        let crm = try await world.integration(by: ada)
        try await world.useCases.deleteIntegration(crm.id, by: ada).commit()
        func read(by caller: Caller) throws -> [String] {
            try world.useCases.listAudit(of: crm.id, AuditFilter(), PageRequest(), by: caller)
                .items.map(\.action)
        }
        #expect(try read(by: root) == ["integration.deleted", "integration.created"])
        #expect(fault { try read(by: ada) } == .notFound)
    }
}
