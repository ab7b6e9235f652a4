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

    /// The use cases with other limits.
    private func limited(_ change: (inout OrganizationQuotas) -> Void) -> OrganizationsUseCases {
        var useCases = world.useCases
        change(&useCases.quotas)
        return useCases
    }

    /// Twenty concurrent requests with room for one.
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
        _ name: String, _ useCases: OrganizationsUseCases, by caller: Caller
    ) async throws -> Organization {
        try await useCases.createOrganization(
            try OrganizationDraft(name: name, slug: nil), by: caller
        ).commit().organization
    }

    @Test func `a user can create as many organizations as the quota, whoever owns them later`()
        async throws
    {
        let useCases = limited { $0.organizations.limit = 2 }
        let first = try await create("One", useCases, by: ada)
        await expectOne { [self] in try await create("N\($0)", useCases, by: ada) }
        try await world.join(bob, first, as: "owner", by: ada)
        try await world.remove(ada, from: first, by: ada)
        #expect(
            await fault { try await create("More", useCases, by: ada) }?.code == "quota_exceeded")
        try await create("Bob's own", useCases, by: bob)
        try await create("Bob's other", useCases, by: bob)
        try await useCases.deleteOrganization(first.id, by: bob).commit()
        try await create("In its place", useCases, by: ada)
    }

    @Test func `an organization can have as many members as the quota`() async throws {
        for index in 0..<20 { world.user("u\(index)") }
        let useCases = limited { $0.members.limit = 3 }
        let acme = try await world.organization(by: ada)
        try await world.join(bob, acme, by: ada)
        await expectOne {
            _ = try await useCases.addMember(
                .userId("usr_u\($0)"), as: "member", to: acme.id, by: ada
            ).commit()
        }
        try await world.remove(bob, from: acme, by: ada)
        _ = try await useCases.addMember(
            .userId(bob.userId), as: "member", to: acme.id, by: ada
        ).commit()
    }

    @Test func `a store can have as many publications as the quota`() async throws {
        let useCases = limited { $0.publications.limit = 2 }
        let acme = try await world.organization(by: ada)
        let other = try await world.organization("Other", by: ada)
        let entities = (0..<22).map { world.entities.add("E\($0)", by: ada) }
        let first = try await world.publish(entities[20], to: acme, by: ada)
        await expectOne {
            _ = try await useCases.publish(entities[$0], publicly: true, to: acme.id, by: ada)
                .commit()
        }
        _ = try await useCases.publish(entities[21], publicly: false, to: other.id, by: ada)
            .commit()
        try await useCases.deletePublication(first.id, of: acme.id, by: ada).commit()
        _ = try await useCases.publish(entities[21], publicly: false, to: acme.id, by: ada)
            .commit()
    }

    @Test func `existing organizations and publications count toward new quotas`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/organizations.sqlite"
        let index = try #require(organizationsMigrations.firstIndex { $0.name == "quotas" })
        let old = try Database(
            path: path, migrations: Array(organizationsMigrations[..<index]), readers: 0,
            clock: FakeClock())
        try await old.write { tx in
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
        old.close()
        let new = try Database(
            path: path, migrations: organizationsMigrations, readers: 0, clock: FakeClock())
        defer { new.close() }
        let used = try new.read { db in
            try db.rows("SELECT quota || ' ' || holder || ' ' || used FROM quota_usage") {
                $0.text(0)
            }
        }
        #expect(used.sorted() == ["organizations usr_ada 1", "publications org_1 1"])
    }
}
