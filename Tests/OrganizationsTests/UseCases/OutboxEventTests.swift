import Contract
import Kernel
import OrganizationsContract
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import Organizations

/// Events and audit entries.
@Suite struct OutboxEventTests {
    let world: World
    let ada: Caller
    let bob: Caller
    let acme: Organization

    init() async throws {
        world = try World()
        ada = world.user("ada")
        bob = world.user("bob")
        acme = try await world.organization(by: ada)
    }

    private func removal(
        _ member: Membership, successor: Membership, by caller: Caller
    ) -> String {
        let actor =
            #"{"requestId":"\#(caller.requestId)","tokenId":"\#(caller.tokenId)","#
            + #""userId":"\#(caller.userId)"}"#
        return #"{"actor":\#(actor),"membershipId":"\#(member.id)","#
            + #""organizationId":"\#(acme.id)","successorId":"\#(successor.userId)","#
            + #""successorMembershipId":"\#(successor.id)","#
            + #""userId":"\#(member.userId)"}"#
    }

    @Test func `removing a member and leaving emit member.removed with membership and successor`()
        async throws
    {
        let first = try await world.join(bob, acme, by: ada)
        try await world.remove(bob, from: acme, by: ada)
        let second = try await world.join(bob, acme, as: "owner", by: ada)
        // The longest-standing remaining owner takes over, who isn't always the actor.
        let cyd = world.user("cyd")
        let third = try await world.join(cyd, acme, as: "owner", by: ada)
        let hers = try #require(
            try world.database.read { try MembershipStore.find(ada.userId, in: acme.id, $0) })
        try await world.remove(ada, from: acme, by: cyd)
        try await world.remove(bob, from: acme, by: bob)
        let events = try world.database.outbox()
        #expect(events.allSatisfy { $0.type == "member.removed" })
        #expect(
            events.map(\.data) == [
                removal(first, successor: hers, by: ada),
                removal(hers, successor: second, by: cyd),
                removal(second, successor: third, by: bob),
            ])
    }

    @Test
    func `deleting an organization emits one organization.deleted, and nothing for its members`()
        async throws
    {
        try await world.join(bob, acme, by: ada)
        try await world.useCases.deleteOrganization(acme.id, by: ada).commit()
        let events = try world.database.outbox()
        #expect(events.map(\.type) == ["organization.deleted"])
        #expect(events[0].data.contains(acme.id) && events[0].data.contains(#""userId":"usr_ada""#))
    }

    @Test func `a refused request emits no event`() async throws {
        try await world.join(bob, acme, by: ada)
        _ = await fault { try await world.remove(ada, from: acme, by: ada) }
        _ = await fault { try await world.remove(ada, from: acme, by: bob) }
        _ = await fault {
            try await world.useCases.removeMember(bob.userId, of: acme.id, by: ada)
                .commit { _ in throw Fault.notFound }
        }
        _ = await fault {
            try await world.useCases.deleteOrganization(acme.id, by: bob).commit()
        }
        _ = await fault {
            try await world.useCases.deleteOrganization(acme.id, by: ada)
                .commit { _ in throw Fault.notFound }
        }
        #expect(try world.database.outbox().isEmpty)
        #expect(
            try world.actions(of: acme) == ["organization.created", "member.added", "member.added"])
    }

    @Test func `an event and its cause are committed together or not at all`() async throws {
        try await world.join(bob, acme, by: ada)
        let before = try world.database.dump()
        // As if the disk were full before the last row.
        let change = world.useCases.removeMember(bob.userId, of: acme.id, by: ada)
        await #expect(throws: NeighbourIsDown.self) {
            try await change.commit { _, _ in throw NeighbourIsDown() }
        }
        #expect(try world.database.dump() == before)
    }

    /// All writes, in an order in which they succeed.
    private func changeEverything() async throws {
        let useCases = world.useCases
        let change = try OrganizationUpdate(name: "New")
        _ = try await useCases.updateOrganization(acme.id, change, by: ada).commit()
        let role = try await world.role("r", ["org:write"], in: acme, by: ada)
        _ = try await useCases.updateRole(
            role.id, of: acme.id, try RoleUpdate(name: "s"), by: ada
        ).commit()
        try await world.join(bob, acme, as: "s", by: ada)
        try await world.give("admin", to: bob, in: acme, by: ada)
        try await useCases.deleteRole(role.id, of: acme.id, by: ada).commit()
        _ = try await useCases.rotateRegistryKey(of: acme.id, by: ada).commit()
        _ = try await useCases.setStorage(
            of: acme.id, to: try StorageDraft(mode: "external", external: bucketBody()), by: ada
        ).commit()
        let entity = world.entities.add(by: ada)
        let made = try await world.publish(entity, to: acme, by: ada)
        _ = try await useCases.updatePublication(
            made.id, of: acme.id, isPublic: true, by: ada
        ).commit()
        try await useCases.unpublish(entity, from: acme.id, by: ada).commit()
        try await world.remove(bob, from: acme, by: ada)
        try await useCases.deleteOrganization(acme.id, by: ada).commit()
    }

    @Test func `every change has an audit entry with actor, values and request id`()
        async throws
    {
        try await changeEverything()
        let entries = try world.audit(of: acme)
        #expect(
            entries.map(\.action) == [
                "organization.created", "member.added", "organization.updated", "role.created",
                "role.updated", "member.added", "member.role_changed", "role.deleted",
                "npm_registry_key.rotated", "storage_config.changed", "publication.created",
                "publication.updated", "publication.removed", "member.removed", "member.removed",
                "organization.deleted",
            ])
        #expect(entries.allSatisfy { $0.actorId == "usr_ada" && $0.tokenId == "tok_ada" })
        #expect(entries.allSatisfy { $0.requestId == "r-ada" })
        #expect(entries.allSatisfy { $0.subject.type == $0.action.prefix { $0 != "." } })
        let shapes = entries.map { entry in
            (entry.before?.members.keys.sorted() ?? [], entry.after?.members.keys.sorted() ?? [])
        }
        let organization = ["externalId", "name", "slug"]
        let member = ["role", "roleId", "userId"]
        let role = ["name", "scopes"]
        let bucket = ["accessKeyId", "bucket", "endpoint", "mode", "region"]
        let publication = ["entityId", "isPublic"]
        let expected: [([String], [String])] = [
            ([], organization), ([], member), (organization, organization), ([], role),
            (role, role), ([], member), (member, member), (role, []), ([], []),
            (["mode"], bucket), ([], publication), (publication, publication), (publication, []),
            (member, []), (member, []), (organization, []),
        ]
        for (index, (shape, expected)) in zip(shapes, expected).enumerated() {
            #expect(shape == expected, "\(entries[index].action)")
        }
        #expect(shapes.count == expected.count)
    }

    @Test func `owners and admins can list the audit; platform admins even after deletion`()
        async throws
    {
        try await world.join(bob, acme, by: ada)
        func total(_ reference: String, _ caller: Caller) throws -> Int {
            try world.useCases.listAudit(
                of: reference, AuditFilter(), PageRequest(), by: caller
            ).total
        }
        let root = world.admin()
        #expect(fault { try total(acme.id, bob) }?.code == "not_an_organization_admin")
        #expect(fault { try total(acme.id, world.user("eve")) } == .notFound)
        try await world.give("admin", to: bob, in: acme, by: ada)
        for caller in [ada, bob, root] { #expect(try total(acme.id, caller) == 4) }
        try await world.useCases.deleteOrganization(acme.id, by: ada).commit()
        #expect(fault { try total(acme.id, ada) } == .notFound)
        #expect(try total(acme.id, root) == 7)
        // Its slug may belong to another organization now.
        #expect(fault { try total(acme.slug, root) } == .notFound)
    }

    @Test func `the audit tail has the newest entries first, up to a limit`() async throws {
        try await world.join(bob, acme, by: ada)
        let tail = try world.useCases.auditTail(AuditTailQuery(filter: AuditFilter(), limit: 2))
        #expect(tail.total == 3)
        #expect(tail.entries.map(\.action) == ["member.added", "member.added"])
        #expect(tail.entries[0].subject.id == bob.userId)
    }
}
