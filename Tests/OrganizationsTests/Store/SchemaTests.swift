import EntitiesContract
import Kernel
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import Organizations

/// What the schema itself guarantees.
@Suite struct SchemaTests {
    let world: World
    let ada: Caller
    let acme: Organization

    init() async throws {
        world = try World()
        ada = world.user("ada")
        acme = try await world.organization(by: ada)
    }

    private func role(_ id: String, _ name: String, of organizationId: String) -> Role {
        Role(id: id, organizationId: organizationId, name: name, builtIn: nil, scopes: [])
    }

    @Test func `every table checks the types of its columns`() throws {
        #expect(try world.laxTables() == [])
    }

    @Test func `a slug, a role's name and a publication are unique`() async throws {
        let other = try await world.organization("Bolt", by: ada)
        let slug = try await world.violation { tx in
            var taken = other
            taken.slug = acme.slug
            try OrganizationStore.update(taken, in: tx)
        }
        #expect(slug == .uniqueViolation)
        let name = try await world.violation { tx in
            try RoleStore.insert(role("rol_1", "OWNER", of: acme.id), in: tx)
        }
        #expect(name == .uniqueViolation)
        let publication = try await world.publish(world.entities.add(by: ada), to: acme, by: ada)
        let twice = try await world.violation { tx in
            let copy = Publication(
                id: "pub_1", organizationId: acme.id, entity: publication.entity, isPublic: true,
                publishedBy: ada.userId, publishedAt: tx.now, updatedAt: tx.now)
            try PublicationStore.insert(copy, in: tx)
        }
        #expect(twice == .uniqueViolation)
        let member = try await world.violation { tx in
            let found = try MembershipStore.find(ada.userId, in: acme.id, tx)
            if let found { try MembershipStore.insert(found, in: tx) }
        }
        #expect(member == .uniqueViolation)
    }

    @Test func `rows can't refer to an organization or role that does not exist`() async throws {
        let roleless = try await world.violation { tx in
            let member = Membership(
                id: "mem_1", organizationId: acme.id, userId: "usr_x",
                role: role("rol_none", "none", of: acme.id), joinedAt: tx.now)
            try MembershipStore.insert(member, in: tx)
        }
        #expect(roleless == .foreignKeyViolation)
        let homeless = try await world.violation { tx in
            try RoleStore.insert(role("rol_1", "r", of: "org_none"), in: tx)
        }
        #expect(homeless == .foreignKeyViolation)
        let stored = try await world.violation { tx in
            let bucket = Bucket(
                provider: "s3", endpoint: "https://a", name: "b", region: "c", accessKeyId: "d")
            try StorageStore.save(bucket, sealedSecret: [1], of: "org_none", in: tx)
        }
        #expect(stored == .foreignKeyViolation)
    }

    @Test func `a role of a member can't be deleted`() async throws {
        let kind = try await world.violation { tx in
            let member = try MembershipStore.find(ada.userId, in: acme.id, tx)
            try RoleStore.delete(member?.role.id ?? "", in: tx)
        }
        #expect(kind == .foreignKeyViolation)
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

    @Test func `there can be only one probe`() async throws {
        try await world.database.write { try StorageStore.insertProbe([1], in: $0) }
        let second = try await world.violation { try StorageStore.insertProbe([2], in: $0) }
        #expect(second == .uniqueViolation)
    }

    @Test func `members who joined at the same time are ordered by id`() async throws {
        for name in ["b", "d", "c"] {
            _ = try await world.useCases.addMember(
                .userId(world.user(name).userId), as: "member", to: acme.id, by: ada
            ).commit()
        }
        let ids = try await [1, 2, 3, 4].asyncMap { number in
            try await world.useCases.listMembers(
                of: acme.id, PageRequest(page: number, size: 1), by: ada
            ).items.map(\.membership.userId)
        }
        #expect(ids == [["usr_d"], ["usr_c"], ["usr_b"], [ada.userId]])
        let details = try await world.useCases.getOrganization(acme.id, by: ada)
        #expect(
            details.members.map(\.membership.userId) == [ada.userId, "usr_b", "usr_c", "usr_d"])
    }

    @Test func `every entity type can be stored`() async throws {
        for type in EntityType.allCases.map(\.rawValue) {
            try await world.publish(world.entities.add(type: type, by: ada), to: acme, by: ada)
        }
        let page = try world.useCases.listPublications(
            of: acme.id, type: nil, PageRequest(), by: ada)
        #expect(page.items.map(\.entity.type) == EntityType.allCases.map(\.rawValue).reversed())
    }
}

extension Array {
    fileprivate func asyncMap<T>(_ transform: (Element) async throws -> T) async rethrows -> [T] {
        var result: [T] = []
        for element in self { result.append(try await transform(element)) }
        return result
    }
}
