import Kernel
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import Organizations

/// The counts that triggers maintain.
@Suite struct CountTests {
    /// Organizations whose counts are not what a recount gives.
    private func wrongCounts(_ world: World) throws -> [String] {
        try world.database.read { db in
            try db.rows(
                """
                SELECT o.id || ': ' || o.member_count || ' ' || o.public_count
                FROM organizations o WHERE o.id > '' AND (
                    o.member_count <> (SELECT count(*) FROM memberships INDEXED BY
                        members_of_organization WHERE organization_id = o.id)
                    OR o.public_count <> (SELECT count(*) FROM publications INDEXED BY
                        publications_of_store WHERE organization_id = o.id AND is_public = 1))
                UNION ALL
                SELECT 'lists of ' || o.id FROM organizations o WHERE o.id > '' AND (
                    o.member_count <> (SELECT coalesce(sum(rows), 0) FROM list_parts
                        WHERE list = 'members' AND holder = o.id)
                    OR (SELECT count(*) FROM publications INDEXED BY publications_of_store
                            WHERE organization_id = o.id)
                        <> (SELECT coalesce(sum(rows), 0) FROM list_parts
                            WHERE list = 'publications' AND holder = o.id))
                UNION ALL
                SELECT 'public stores' WHERE (SELECT count(*) FROM organizations
                        INDEXED BY public_stores WHERE public_count > 0)
                    <> (SELECT coalesce(sum(rows), 0) FROM list_parts
                        WHERE list = 'public_stores' AND holder = '')
                """
            ) { $0.text(0) }
        }
    }

    @Test(arguments: [UInt64(1), 2, 3, 4])
    func `counts equal a recount after random operations`(_ seed: UInt64) async throws {
        let world = try World(seed: seed)
        let random = SeededRandom(seed: seed)
        let users = (0..<6).map { world.user("u\($0)") }
        let root = world.admin()
        let entities = (0..<8).map { world.entities.add("E\($0)", by: users[$0 % 6], users[0]) }
        var organizations: [Organization] = []
        for name in ["a", "b", "c"] {
            organizations.append(try await world.organization(name, by: users[0]))
        }
        var succeeded = 0
        for step in 0..<300 {
            let organization = organizations[random.below(organizations.count)]
            // The first user publishes everything and does half of the operations.
            let user = users[random.below(2) * random.below(6)]
            let other = users[random.below(6)]
            let entity = entities[random.below(8)]
            let choice = random.below(20)
            let fault = await fault {
                try await act(choice, step, world, organization, user, other, entity, root)
            }
            if fault == nil { succeeded += 1 }
            // Sometimes no organization is left: create one.
            if try world.find(organization.id) == nil {
                organizations.removeAll { $0.id == organization.id }
                organizations.append(try await world.organization("n\(step)", by: users[0]))
            }
            guard step % 20 == 19 else { continue }
            let wrong = try wrongCounts(world)
            #expect(wrong.isEmpty, "step \(step)")
        }
        // Otherwise the comparison would be empty.
        #expect(succeeded > 60)
    }

    private func act(
        _ choice: Int, _ step: Int, _ world: World, _ organization: Organization, _ user: Caller,
        _ other: Caller, _ entity: String, _ root: Caller
    ) async throws {
        let useCases = world.useCases
        switch choice {
        case 0...4: try await world.join(other, organization, as: "owner", by: user)
        case 5: try await world.remove(other, from: organization, by: user)
        case 6...11:
            try await world.publish(
                entity, publicly: choice % 2 == 0, to: organization, by: user)
        case 12: try await useCases.unpublish(entity, from: organization.id, by: user).commit()
        case 13...16:
            let found = try world.database.read {
                try PublicationStore.find(entity: entity, of: organization.id, in: $0)
            }
            guard let found else { throw Fault.notFound }
            _ = try await useCases.updatePublication(
                found.id, of: organization.id, isPublic: !found.isPublic, by: user
            ).commit()
        case 17:
            guard step % 4 == 0 else { throw Fault.notFound }
            try await useCases.deleteOrganization(organization.id, by: user).commit()
        case 18:
            guard step > 200 else { throw Fault.notFound }
            _ = try await useCases.onEntityDeleted(entity, by: root, eventId: "evt_\(step)")
        default:
            // The first user stays, to create organizations.
            guard step > 200, other.userId != "usr_u0" else { throw Fault.notFound }
            _ = try await useCases.onUserDeleted(other.userId, by: root, eventId: "evt_\(step)")
        }
    }

    @Test func `counts follow cascading deletes`() async throws {
        let world = try World()
        let ada = world.user("ada")
        let acme = try await world.organization(by: ada)
        try await world.publish(world.entities.add(by: ada), publicly: true, to: acme, by: ada)
        // Bypasses the use cases: tests the schema only.
        let members = try await world.database.write { tx in
            try tx.execute("DELETE FROM memberships WHERE organization_id = ?1", .text(acme.id))
            let emptied = try OrganizationStore.find(acme.id, in: tx)
            try OrganizationStore.delete(acme.id, in: tx)
            return emptied?.memberCount
        }
        #expect(members == 0)
        let left = try world.database.read {
            try PublicationStore.some(ofStore: acme.id, limit: .max, in: $0).count
                + RoleStore.all(of: acme.id, in: $0).count
        }
        #expect(left == 0)
    }
}
