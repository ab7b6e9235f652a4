import Contract
import Kernel
import OrganizationsContract
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import Organizations

/// Pages of long lists.
@Suite struct DeepPageTests {
    let count = 20_000

    let world: World
    let ada: Caller
    let acme: Organization

    init() async throws {
        world = try World()
        ada = world.user("ada")
        acme = try await world.organization(by: ada)
    }

    /// Members `usr_00001` …, each a millisecond after the one before.
    private func addMembers(_ count: Int) async throws {
        try await world.database.write { [acme] tx in
            let member = try RoleStore.find("member", of: acme.id, in: tx)
            try tx.execute(
                """
                WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?3)
                INSERT INTO memberships (user_id, organization_id, id, role_id, joined_at)
                SELECT printf('usr_%05d', i), ?1, printf('mem_%05d', i), ?2, ?4 + i FROM n
                """, .text(acme.id), .text(member?.id), .int(count), .time(tx.now))
        }
    }

    /// Publications `pub_00001` …, every fourth public, every tenth a service.
    private func addPublications(_ count: Int) async throws {
        try await world.database.write { [acme] tx in
            try tx.execute(
                """
                WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
                INSERT INTO publications (entity_id, organization_id, id, entity_type, is_public,
                    published_by, published_at, updated_at)
                SELECT printf('ent_%05d', i), ?1, printf('pub_%05d', i),
                    iif(i % 10 = 0, 'service', 'app'), i % 4 = 0, 'usr_ada', i, i FROM n
                """, .text(acme.id), .int(count))
            try tx.execute(
                """
                INSERT INTO entity_names SELECT entity_id, 'E', 1 FROM publications
                WHERE entity_id > ''
                """)
        }
    }

    @Test func `the last page of members has the oldest, and the total is right`() async throws {
        try await addMembers(count)
        let size = 100
        let last = try await world.useCases.listMembers(
            of: acme.id, PageRequest(page: count / size, size: size), by: ada)
        #expect(last.total == count + 1)
        #expect(last.items.first?.membership.userId == "usr_00100")
        #expect(last.items.last?.membership.userId == "usr_00001")
        let rest = try await world.useCases.listMembers(
            of: acme.id, PageRequest(page: count / size + 1, size: size), by: ada)
        #expect(rest.items.map(\.membership.userId) == [ada.userId])
        let beyond = try await world.useCases.listMembers(
            of: acme.id, PageRequest(page: PageRequest.maximumPage, size: size), by: ada)
        #expect(beyond.items.isEmpty && beyond.total == count + 1)
        let details = try await world.useCases.getOrganization(acme.id, by: ada)
        #expect(details.members.map(\.membership.userId).suffix(1) == ["usr_00099"])
        #expect(details.organization.memberCount == count + 1)
    }

    @Test func `a long store is paged in full for members and by public publications for others`()
        async throws
    {
        try await addPublications(count)
        func page(_ number: Int, _ type: String?, by caller: Caller) throws -> Page<Publication> {
            try world.useCases.listPublications(
                of: acme.id, type: type, PageRequest(page: number, size: 100), by: caller)
        }
        #expect(try world.find(acme.id)?.publicCount == count / 4)
        let last = try page(200, nil, by: ada)
        #expect(last.total == count && last.items.last?.id == "pub_00001")
        #expect(last.items.first?.id == "pub_00100")
        let services = try page(20, "service", by: ada)
        #expect(services.total == count / 10 && services.items.last?.id == "pub_00010")
        let eve = world.user("eve")
        let open = try page(50, nil, by: eve)
        #expect(open.total == count / 4 && open.items.last?.id == "pub_00004")
        #expect(open.items.allSatisfy { $0.isPublic })
        let openServices = try page(10, "service", by: eve)
        #expect(openServices.total == count / 20)
        #expect(openServices.items.last?.id == "pub_00020")
    }

    @Test func `deleting a large organization deletes everything in it`() async throws {
        try await addMembers(2_000)
        try await addPublications(2_000)
        try await world.useCases.deleteOrganization(acme.id, by: ada).commit()
        let after = try await world.opened(to: "usr_00001")
        #expect(after.organizationStores.isEmpty && after.publicStores.isEmpty)
        try await world.finishJobs()
        let audit = try world.useCases.auditTail(
            .init(filter: .init(about: acme.id), limit: 1))
        #expect(audit.total == 1_000 && audit.entries.map(\.action) == ["member.removed"])
        let rows = try world.database.dump(
            of: "organizations", "roles", "memberships", "publications")
        #expect(rows.isEmpty)
        let left = try await world.opened(to: "usr_00001")
        #expect(left.organizationStores.isEmpty && left.publicStores.isEmpty)
    }
}
