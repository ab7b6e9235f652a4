import IntegrationsContract
import Kernel
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import Integrations

/// The quotas of users, integrations and teams.
@Suite struct QuotaTests {
    private let world: World
    private let ada: Caller
    private let bob: Caller

    init() throws {
        world = try World()
        ada = world.user("ada")
        bob = world.user("bob")
    }

    /// The use cases with other limits.
    private func limited(_ change: (inout IntegrationQuotas) -> Void) -> IntegrationsUseCases {
        var useCases = world.useCases
        change(&useCases.quotas)
        return useCases
    }

    /// Twenty parallel requests with room for one.
    private func expectOne(
        at location: SourceLocation = #_sourceLocation,
        _ body: @escaping @Sendable (Int) async throws -> Void
    ) async {
        let result = await race(20, body)
        #expect(result.succeeded == 1, sourceLocation: location)
        #expect(
            result.codes == Array(repeating: "quota_exceeded", count: 19),
            sourceLocation: location)
    }

    @discardableResult
    private func create(
        _ name: String, _ useCases: IntegrationsUseCases, by caller: Caller
    ) async throws -> Integration {
        try await useCases.createIntegration(
            try IntegrationDraft(name: name, slug: nil), by: caller
        ).commit().integration
    }

    @Test func `integrations count toward their creator's quota, whoever owns them later`()
        async throws
    {
        let useCases = limited { $0.integrations.limit = 2 }
        let root = world.admin()
        let first = try await create("One", useCases, by: ada)
        await expectOne { [self] in try await create("N\($0)", useCases, by: ada) }
        try await world.transfer(first, userId: "bob", by: root)
        #expect(
            await fault { try await create("More", useCases, by: ada) }?.code == "quota_exceeded")
        try await create("Bob's own", useCases, by: bob)
        try await create("Bob's other", useCases, by: bob)
        try await useCases.deleteIntegration(first.id, by: bob).commit()
        try await create("In its place", useCases, by: ada)
    }

    @Test func `an integration has at most as many shares as the quota`() async throws {
        for index in 0..<20 { world.user("u\(index)") }
        let useCases = limited { $0.shares.limit = 2 }
        let crm = try await world.integration(by: ada)
        try await world.share(crm, with: "user:bob", by: ada)
        await expectOne {
            _ = try await useCases.shareIntegration(
                crm.id, with: PrincipalName("user:u\($0)"), try AccessLevel(1), by: ada
            ).commit()
        }
        // Another level is not another share.
        _ = try await useCases.shareIntegration(
            crm.id, with: PrincipalName("user:bob"), try AccessLevel(9), by: ada
        ).commit()
    }

    @Test func `a user creates at most as many teams as the quota`() async throws {
        let useCases = limited { $0.teams.limit = 2 }
        let first = try await useCases.createTeam(try TeamDraft(name: "One"), by: ada).commit()
        await expectOne {
            _ = try await useCases.createTeam(try TeamDraft(name: "N\($0)"), by: ada).commit()
        }
        _ = try await useCases.createTeam(try TeamDraft(name: "Bob's own"), by: bob).commit()
        try await useCases.deleteTeam(first.id, by: ada).commit()
        _ = try await useCases.createTeam(try TeamDraft(name: "In its place"), by: ada).commit()
    }

    @Test func `a team has at most as many members as the quota`() async throws {
        for index in 0..<20 { world.user("u\(index)") }
        let useCases = limited { $0.members.limit = 3 }
        let team = try await world.team("Analytics", by: ada)
        try await world.join(bob, team, by: ada)
        await expectOne {
            _ = try await useCases.setTeamMember(
                "u\($0)", of: team.id, to: nil, by: ada
            ).commit()
        }
        // Another role is not another member.
        _ = try await useCases.setTeamMember("bob", of: team.id, to: .dataWizard, by: ada).commit()
    }

    @Test func `rows from before quotas existed are counted`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/integrations.sqlite"
        let index = try #require(integrationsMigrations.firstIndex { $0.name == "quotas" })
        let old = try Database(
            path: path, migrations: Array(integrationsMigrations[..<index]), readers: 0,
            clock: FakeClock())
        try await old.write { tx in
            try tx.execute(
                """
                INSERT INTO integrations
                    (id, slug, name, owner, created_at, updated_at, search_text)
                VALUES ('i1', 'a', 'A', 'usr_ada', 0, 0, ''), ('i2', 'b', 'B', 'team:t', 0, 0, '')
                """)
            try tx.execute(
                "INSERT INTO teams (id, name, created_at, search_text) VALUES ('t', 'T', 0, '')")
            try tx.execute(
                """
                INSERT INTO team_members VALUES ('usr_early', 't', 'member', 1),
                    ('usr_late', 't', 'admin', 3), ('usr_bob', 't', 'admin', 2)
                """)
        }
        old.close()
        let new = try Database(
            path: path, migrations: integrationsMigrations, readers: 0, clock: FakeClock())
        defer { new.close() }
        let used = try new.read { db in
            try db.rows("SELECT quota || ' ' || holder || ' ' || used FROM quota_usage") {
                $0.text(0)
            }
        }
        #expect(used.sorted() == ["integrations usr_ada 1", "teams usr_bob 1"])
    }
}
