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

    @Test func `integrations count toward their creator's quota, whoever owns them later`()
        async throws
    {
        @Sendable func create(
            _ uses: IntegrationsUseCases, _ number: Int, by caller: Caller
        ) async throws -> Integration {
            try await uses.createIntegration(
                try IntegrationDraft(name: "N\(number)", slug: nil), by: caller
            ).commit().integration
        }
        let root = world.admin()
        let full = try await expectQuota(\.quotas.integrations, of: world.useCases) {
            [world, ada, bob] in
            try await world.transfer($1, userId: "bob", by: root)
            let full = $0
            #expect(await fault { try await create(full, 29, by: ada) } != nil)
            try await $0.deleteIntegration($1.id, by: bob).commit()
        } add: { [ada] in
            try await create($0, $1, by: ada)
        }
        for number in 40..<42 { _ = try await create(full, number, by: bob) }
    }

    @Test func `an integration has at most as many shares as the quota`() async throws {
        for index in 0..<30 { world.user("u\(index)") }
        let crm = try await world.integration(by: ada)
        try await world.share(crm, with: "user:bob", by: ada)
        let full = try await expectQuota(\.quotas.shares, of: world.useCases, used: 1) {
            [ada] in
            try await $0.unshareIntegration(crm.id, with: $1, by: ada).commit()
        } add: { [ada] in
            let name = PrincipalName("user:u\($1)")
            _ = try await $0.shareIntegration(crm.id, with: name, try AccessLevel(1), by: ada)
                .commit()
            return name
        }
        // Another level is not another share.
        _ = try await full.shareIntegration(
            crm.id, with: PrincipalName("user:bob"), try AccessLevel(9), by: ada
        ).commit()
    }

    @Test func `a user creates at most as many teams as the quota`() async throws {
        let full = try await expectQuota(\.quotas.teams, of: world.useCases) { [ada] in
            try await $0.deleteTeam($1.id, by: ada).commit()
        } add: { [ada] in
            try await $0.createTeam(try TeamDraft(name: "N\($1)"), by: ada).commit()
        }
        _ = try await full.createTeam(try TeamDraft(name: "Bob's own"), by: bob).commit()
    }

    @Test func `a team has at most as many members as the quota`() async throws {
        for index in 0..<30 { world.user("u\(index)") }
        let team = try await world.team("Analytics", by: ada)
        try await world.join(bob, team, by: ada)
        let full = try await expectQuota(\.quotas.members, of: world.useCases, used: 2) {
            [ada] in
            try await $0.removeTeamMember($1, of: team.id, by: ada).commit()
        } add: { [ada] in
            _ = try await $0.setTeamMember("u\($1)", of: team.id, to: nil, by: ada).commit()
            return "u\($1)"
        }
        // Another role is not another member.
        _ = try await full.setTeamMember("bob", of: team.id, to: .dataWizard, by: ada).commit()
    }

    @Test func `rows from before quotas existed are counted`() async throws {
        let used = try await countedQuotas(integrationsMigrations) { tx in
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
        #expect(used == ["integrations usr_ada 1", "teams usr_bob 1"])
    }
}
