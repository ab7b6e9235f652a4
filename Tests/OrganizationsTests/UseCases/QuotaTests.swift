import Kernel
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import Organizations

/// Quotas of users and organizations.
@Suite struct QuotaTests {
    private let world: World
    private let ada: Caller
    private let bob: Caller

    init() throws {
        world = try World()
        ada = world.user("ada")
        bob = world.user("bob")
    }

    @Test func `a user can create as many organizations as the quota, whoever owns them later`()
        async throws
    {
        @Sendable func create(
            _ uses: OrganizationsUseCases, _ number: Int, by caller: Caller
        ) async throws -> Organization {
            try await uses.createOrganization(
                try OrganizationDraft(name: "N\(number)", slug: nil), by: caller
            ).commit().organization
        }
        let full = try await expectQuota(\.quotas.organizations, of: world.useCases) {
            [world, ada, bob] in
            // It counts for its creator until its new owner deletes it.
            try await world.join(bob, $1, as: "owner", by: ada)
            try await world.remove(ada, from: $1, by: ada)
            let full = $0
            #expect(await fault { try await create(full, 29, by: ada) } != nil)
            try await $0.deleteOrganization($1.id, by: bob).commit()
        } add: { [ada] in
            try await create($0, $1, by: ada)
        }
        for number in 40..<42 { _ = try await create(full, number, by: bob) }
    }

    @Test func `an organization can have as many members as the quota`() async throws {
        for index in 0..<30 { world.user("u\(index)") }
        let acme = try await world.organization(by: ada)
        try await expectQuota(\.quotas.members, of: world.useCases, used: 1) { [ada] in
            try await $0.removeMember($1, of: acme.id, by: ada).commit()
        } add: { [ada] in
            try await $0.addMember(.userId("usr_u\($1)"), as: "member", to: acme.id, by: ada)
                .commit().membership.userId
        }
    }

    @Test func `a store can have as many publications as the quota`() async throws {
        let acme = try await world.organization(by: ada)
        let other = try await world.organization("Other", by: ada)
        let entities = (0..<30).map { world.entities.add("E\($0)", by: ada) }
        let full = try await expectQuota(\.quotas.publications, of: world.useCases) { [ada] in
            try await $0.deletePublication($1.id, of: acme.id, by: ada).commit()
        } add: { [ada] in
            try await $0.publish(entities[$1], publicly: $1 > 9, to: acme.id, by: ada).commit()
        }
        _ = try await full.publish(entities[29], publicly: false, to: other.id, by: ada).commit()
    }

    @Test func `existing organizations and publications count toward new quotas`() async throws {
        let used = try await countedQuotas(organizationsMigrations) { tx in
            try tx.execute(
                """
                INSERT INTO organizations
                    (id, name, slug, created_at, search_text, npm_registry_key)
                VALUES ('org_1', 'A', 'a', 0, '', x''), ('org_2', 'B', 'b', 0, '', x'')
                """)
            try tx.execute(
                """
                INSERT INTO roles VALUES ('r1', 'org_1', 'owner', 'owner', 'owner', '[]'),
                    ('r2', 'org_1', 'member', 'member', 'member', '[]')
                """)
            // The first owner, not the first member.
            try tx.execute(
                """
                INSERT INTO memberships VALUES ('usr_early', 'org_1', 'm1', 'r2', 1),
                    ('usr_late', 'org_1', 'm2', 'r1', 3), ('usr_ada', 'org_1', 'm3', 'r1', 2)
                """)
            try tx.execute(
                "INSERT INTO publications VALUES ('e', 'org_1', 'p', 'app', 0, 'usr_b', 0, 0)")
        }
        #expect(used == ["organizations usr_ada 1", "publications org_1 1"])
    }
}
