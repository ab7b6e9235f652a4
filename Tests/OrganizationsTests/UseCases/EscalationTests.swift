import Kernel
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import Organizations

/// Nobody can exceed their own permissions.
@Suite struct EscalationTests {
    let world: World
    let ada: Caller
    let eve: Caller
    let bob: Caller
    let acme: Organization

    /// Eve can only manage members and roles, and tries to raise herself and bob.
    init() async throws {
        world = try World()
        ada = world.user("ada")
        eve = world.user("eve")
        bob = world.user("bob")
        acme = try await world.organization(by: ada)
        try await world.role("manager", ["org:write"], in: acme, by: ada)
        try await world.role("settings", ["org:settings"], in: acme, by: ada)
        try await world.role("both", ["org:settings", "org:write"], in: acme, by: ada)
        try await world.role("bare", [], in: acme, by: ada)
        try await world.join(eve, acme, as: "manager", by: ada)
    }

    /// The code with which `body` is refused; checks that it changed nothing.
    func refusal<T>(_ body: () async throws -> T) async throws -> String? {
        try await world.refusal(body)?.code
    }

    @Test func `a custom role can grant only roles that it covers`() async throws {
        for (role, code) in [
            ("owner", "owner_required"), ("admin", "more_than_own_role"),
            ("member", "more_than_own_role"), ("settings", "more_than_own_role"),
            ("both", "more_than_own_role"),
        ] {
            #expect(
                try await refusal { try await world.join(bob, acme, as: role, by: eve) } == code)
        }
        try await world.join(bob, acme, as: "bare", by: eve)
        try await world.give("manager", to: bob, in: acme, by: eve)
        #expect(try world.roles(of: acme)[bob.userId] == "manager")
    }

    @Test(arguments: [
        ("owner", "owner_required"), ("admin", "more_than_own_role"),
        ("member", "more_than_own_role"), ("settings", "more_than_own_role"),
        ("both", "more_than_own_role"),
    ])
    func `a custom role can't change members with more permissions`(_ role: String, _ code: String)
        async throws
    {
        try await world.join(bob, acme, as: role, by: ada)
        #expect(try await refusal { try await world.remove(bob, from: acme, by: eve) } == code)
        for attempt in ["bare", "manager", role] {
            let refused = try await refusal {
                try await world.give(attempt, to: bob, in: acme, by: eve)
            }
            #expect(refused == code, "\(attempt)")
        }
    }

    @Test func `nobody can raise their own role`() async throws {
        for role in ["owner", "admin", "member", "both"] {
            let code = try await refusal { try await world.give(role, to: eve, in: acme, by: eve) }
            #expect(code == (role == "owner" ? "owner_required" : "more_than_own_role"))
        }
        // Lowering is allowed, raising isn't.
        try await world.give("bare", to: eve, in: acme, by: eve)
        let back = try await refusal { try await world.give("manager", to: eve, in: acme, by: eve) }
        #expect(back == "insufficient_role")
    }

    @Test func `a custom role can create and update only roles that it covers`() async throws {
        func alter(_ name: String, _ update: RoleUpdate) async throws -> Role {
            let role = try world.database.read { try RoleStore.find(name, of: acme.id, in: $0) }
            return try await world.useCases.updateRole(
                role?.id ?? "", of: acme.id, update, by: eve
            ).commit()
        }
        let more = try await refusal {
            try await world.role("new", ["org:settings", "org:write"], in: acme, by: eve)
        }
        #expect(more == "more_than_own_role")
        // Her own role, which would give her more.
        let own = try await refusal {
            try await alter("manager", try RoleUpdate(scopes: ["org:settings", "org:write"]))
        }
        #expect(own == "more_than_own_role")
        // A role with more permissions, even to reduce or only rename it.
        for update in [try RoleUpdate(name: "x"), try RoleUpdate(scopes: [])] {
            #expect(try await refusal { try await alter("both", update) } == "more_than_own_role")
        }
        let role = try world.database.read { try RoleStore.find("both", of: acme.id, in: $0) }
        let deleted = try await refusal {
            try await world.useCases.deleteRole(role?.id ?? "", of: acme.id, by: eve).commit()
        }
        #expect(deleted == "more_than_own_role")
        let made = try await world.role("new", ["org:write"], in: acme, by: eve)
        #expect(try await alter("new", try RoleUpdate(name: "newer", scopes: [])).scopes.isEmpty)
        try await world.useCases.deleteRole(made.id, of: acme.id, by: eve).commit()
    }

    @Test func `an admin can manage everyone except owners`() async throws {
        let amy = world.user("amy")
        try await world.join(amy, acme, as: "admin", by: ada)
        try await world.join(bob, acme, as: "owner", by: ada)
        for caller in [ada, bob] {
            let removed = try await refusal { try await world.remove(caller, from: acme, by: amy) }
            #expect(removed == "owner_required")
            let demoted = try await refusal {
                try await world.give("member", to: caller, in: acme, by: amy)
            }
            #expect(demoted == "owner_required")
        }
        let named = try await refusal { try await world.give("owner", to: eve, in: acme, by: amy) }
        #expect(named == "owner_required")
        let own = try await refusal { try await world.give("owner", to: amy, in: acme, by: amy) }
        #expect(own == "owner_required")
        let added = try await refusal {
            try await world.join(world.user("zoe"), acme, as: "owner", by: amy)
        }
        #expect(added == "owner_required")
        let deleted = try await refusal {
            try await world.useCases.deleteOrganization(acme.id, by: amy).commit()
        }
        #expect(deleted == "owner_required")
        // Admins cover each other.
        try await world.give("admin", to: eve, in: acme, by: amy)
        try await world.give("member", to: amy, in: acme, by: eve)
        try await world.remove(amy, from: acme, by: eve)
    }

    @Test func `permissions are checked in the transaction, not when the request starts`()
        async throws
    {
        let change = world.useCases.addMember(
            .userId(bob.userId), as: "bare", to: acme.id, by: eve)
        try await world.give("bare", to: eve, in: acme, by: ada)
        #expect(await fault { try await change.commit() }?.code == "insufficient_role")
        let settings = world.useCases.setStorage(
            of: acme.id, to: try StorageDraft(mode: "external", external: bucketBody()), by: ada)
        try await world.join(bob, acme, as: "owner", by: ada)
        try await world.remove(ada, from: acme, by: bob)
        #expect(await fault { try await settings.commit() } == .notFound)
        #expect(try world.useCases.getStorage(of: acme.id, by: bob) == .managed)
    }
}
