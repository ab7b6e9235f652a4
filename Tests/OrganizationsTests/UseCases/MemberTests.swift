import Contract
import Kernel
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import Organizations

/// Adding, changing and removing members.
@Suite struct MemberTests {
    let world: World
    let ada: Caller
    let bob: Caller
    let cyd: Caller

    init() throws {
        world = try World()
        ada = world.user("ada")
        bob = world.user("bob")
        cyd = world.user("cyd")
    }

    func add(
        _ member: NewMember, as role: String = "member", to organization: Organization,
        by caller: Caller
    ) async throws -> MemberWithUser {
        try await world.useCases.addMember(
            member, as: role, to: organization.id, by: caller
        ).commit()
    }

    @Test func `a member is added by user id or address, with a role by name or id`()
        async throws
    {
        let acme = try await world.organization(by: ada)
        let role = try await world.role("Builder", ["entities:write"], in: acme, by: ada)
        let first = try await add(.userId(bob.userId), as: "ADMIN", to: acme, by: ada)
        #expect(first.user.email == "bob@example.com")
        #expect(first.membership.role.builtIn == .admin)
        let second = try await add(.email("cyd@example.com"), as: role.id, to: acme, by: bob)
        #expect(second.user.id == cyd.userId && second.membership.role == role)
        #expect(
            try world.roles(of: acme) == [
                "usr_ada": "owner", "usr_bob": "admin", "usr_cyd": "Builder",
            ])
        #expect(try world.find(acme.id)?.memberCount == 3)
    }

    @Test func `an unknown user or role is a 422, a second membership a conflict`() async throws {
        let acme = try await world.organization(by: ada)
        let bolt = try await world.organization("Bolt", by: ada)
        let foreign = try await world.role("Foreign", [], in: bolt, by: ada)
        let before = try world.database.dump()
        let id = await fault { try await add(.userId("usr_none"), to: acme, by: ada) }
        #expect(id?.fields.map(\.pointer) == ["/userId"])
        let email = await fault { try await add(.email("no@example.com"), to: acme, by: ada) }
        #expect(email?.fields.map(\.pointer) == ["/email"])
        for role in ["", "none", foreign.id, foreign.name, "rol_01JHMZ0000000000000000000A"] {
            let fault = await fault {
                try await add(.userId(bob.userId), as: role, to: acme, by: ada)
            }
            #expect(fault?.fields.map(\.pointer) == ["/role"], "\(role)")
        }
        let again = await fault { try await add(.userId(ada.userId), to: acme, by: ada) }
        #expect(again?.kind == .conflict && again?.code == "already_member")
        #expect(try world.database.dump() == before)
    }

    @Test func `a user who is deleted after the lookup is unknown`() async throws {
        let acme = try await world.organization(by: ada)
        let change = world.useCases.addMember(
            .userId(bob.userId), as: "member", to: acme.id, by: ada)
        _ = try await world.useCases.onUserDeleted(bob.userId, by: ada, eventId: "evt_1")
        let fault = await fault { try await change.commit() }
        #expect(fault?.fields.map(\.pointer) == ["/userId"])
        #expect(try world.roles(of: acme) == ["usr_ada": "owner"])
    }

    @Test func `a caller who is deleted during a request gets user_deleted and changes nothing`()
        async throws
    {
        let acme = try await world.organization(by: ada)
        try await world.join(bob, acme, as: "admin", by: ada)
        let change = world.useCases.addMember(
            .userId(cyd.userId), as: "member", to: acme.id, by: bob)
        _ = try await world.useCases.onUserDeleted(bob.userId, by: ada, eventId: "evt_1")
        let before = try world.database.dump()
        let fault = await fault { try await change.commit() }
        #expect(fault?.kind == .forbidden && fault?.code == "user_deleted")
        #expect(try world.database.dump() == before)
    }

    @Test func `a caller who can't add members doesn't learn which users exist`() async throws {
        let acme = try await world.organization(by: ada)
        try await world.join(bob, acme, by: ada)
        var faults: [Fault?] = []
        for id in ["usr_cyd", "usr_ada", "usr_none"] {
            faults.append(await fault { try await add(.userId(id), to: acme, by: bob) })
            faults.append(
                await fault {
                    try await world.useCases.changeMember(id, of: acme.id, to: nil, by: bob)
                        .commit()
                })
        }
        #expect(faults.allSatisfy { $0 != nil && $0 == faults[0] })
        #expect(faults[0]?.code == "insufficient_role")
    }

    @Test func `a user who joins again gets another membership`() async throws {
        let acme = try await world.organization(by: ada)
        let first = try await world.join(bob, acme, by: ada)
        try await world.remove(bob, from: acme, by: ada)
        #expect(try world.find(acme.id)?.memberCount == 1)
        let second = try await world.join(bob, acme, by: ada)
        #expect(second.id != first.id && second.joinedAt > first.joinedAt)
    }

    @Test func `every member can leave, whatever their role`() async throws {
        let acme = try await world.organization(by: ada)
        try await world.role("bare", [], in: acme, by: ada)
        try await world.join(bob, acme, as: "bare", by: ada)
        try await world.join(cyd, acme, as: "admin", by: ada)
        try await world.remove(bob, from: acme, by: bob)
        try await world.remove(cyd, from: acme, by: cyd)
        #expect(try world.roles(of: acme) == ["usr_ada": "owner"])
        let missing = await fault { try await world.remove(bob, from: acme, by: bob) }
        #expect(missing == .notFound)
        // A platform admin isn't a member and can't leave.
        let root = world.admin()
        #expect(
            await fault { try await world.remove(root, from: acme, by: root) }?.code
                == "not_a_member")
    }

    @Test func `a user who isn't a member is a 404`() async throws {
        let acme = try await world.organization(by: ada)
        #expect(await fault { try await world.remove(bob, from: acme, by: ada) } == .notFound)
        for id in [bob.userId, "usr_none"] {
            let fault = await fault {
                try await world.useCases.changeMember(id, of: acme.id, to: "admin", by: ada)
                    .commit()
            }
            #expect(fault == .notFound)
        }
    }

    @Test func `granting the current role changes nothing`() async throws {
        let acme = try await world.organization(by: ada)
        try await world.join(bob, acme, by: ada)
        let before = try world.database.dump()
        try await world.give("member", to: bob, in: acme, by: ada)
        try await world.give("owner", to: ada, in: acme, by: ada)
        _ = try await world.useCases.changeMember(bob.userId, of: acme.id, to: nil, by: ada)
            .commit()
        #expect(try world.database.dump() == before)
    }

    // MARK: The last owner

    @Test func `the last owner can't leave or be demoted`() async throws {
        let acme = try await world.organization(by: ada)
        try await world.join(bob, acme, as: "admin", by: ada)
        try await world.role("bare", [], in: acme, by: ada)
        let before = try world.database.dump()
        #expect(
            await fault { try await world.remove(ada, from: acme, by: ada) }?.code == "last_owner")
        for role in ["admin", "member", "bare"] {
            let fault = await fault { try await world.give(role, to: ada, in: acme, by: ada) }
            #expect(fault?.kind == .conflict && fault?.code == "last_owner")
        }
        #expect(try world.database.dump() == before)
    }

    @Test func `one of two owners can leave, the second can't`() async throws {
        let acme = try await world.organization(by: ada)
        try await world.join(bob, acme, as: "owner", by: ada)
        try await world.give("admin", to: ada, in: acme, by: bob)
        #expect(
            await fault { try await world.remove(bob, from: acme, by: bob) }?.code == "last_owner")
        try await world.give("owner", to: ada, in: acme, by: bob)
        try await world.remove(bob, from: acme, by: ada)
        #expect(
            await fault { try await world.remove(ada, from: acme, by: ada) }?.code == "last_owner")
        #expect(try world.roles(of: acme) == ["usr_ada": "owner"])
    }

    @Test func `an owner of another organization does not count`() async throws {
        let acme = try await world.organization(by: ada)
        let bolt = try await world.organization("Bolt", by: bob)
        try await world.join(ada, bolt, as: "owner", by: bob)
        #expect(
            await fault { try await world.remove(ada, from: acme, by: ada) }?.code == "last_owner")
        try await world.remove(ada, from: bolt, by: ada)
    }
}
