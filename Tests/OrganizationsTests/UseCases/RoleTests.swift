import Kernel
import OrganizationsContract
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import Organizations

/// Custom roles.
@Suite struct RoleTests {
    let world: World
    let ada: Caller
    let acme: Organization

    init() async throws {
        world = try World()
        ada = world.user("ada")
        acme = try await world.organization(by: ada)
    }

    func update(_ role: Role, _ update: RoleUpdate) async throws -> Role {
        try await world.useCases.updateRole(role.id, of: acme.id, update, by: ada).commit()
    }

    func delete(_ id: String) async throws {
        try await world.useCases.deleteRole(id, of: acme.id, by: ada).commit()
    }

    func list(_ page: PageRequest = PageRequest()) throws -> Page<Role> {
        try world.useCases.listRoles(of: acme.id, page, by: ada)
    }

    @Test func `an update changes the given fields only`() async throws {
        let role = try await world.role(
            "Builder", ["org:write", "entities:write"], in: acme, by: ada)
        #expect(IDMinter.isWellFormed(role.id, prefix: "rol_") && role.builtIn == nil)
        #expect(role.scopes == ["entities:write", "org:write"])
        #expect(try await update(role, try RoleUpdate(name: "Maker")).scopes == role.scopes)
        let weaker = try await update(role, try RoleUpdate(scopes: []))
        #expect(weaker.name == "Maker" && weaker.scopes.isEmpty && weaker.id == role.id)
        #expect(try list().items.first == weaker)
        let before = try world.database.dump()
        _ = try await update(role, try RoleUpdate())
        _ = try await update(role, try RoleUpdate(name: "Maker", scopes: []))
        #expect(try world.database.dump() == before)
    }

    @Test func `pages contain all roles, newest first, built-in ones last`() async throws {
        for name in ["a", "b", "c"] { try await world.role(name, [], in: acme, by: ada) }
        let pages = try (1...3).map { try list(PageRequest(page: $0, size: 4)) }
        #expect(
            pages.map { $0.items.map(\.name) } == [
                ["c", "b", "a", "owner"], ["admin", "member"], [],
            ])
        #expect(pages.allSatisfy { $0.total == 6 })
    }

    @Test func `built-in roles can't be changed or deleted`() async throws {
        let before = try world.database.dump()
        for role in try list().items {
            let updated = await fault { try await update(role, try RoleUpdate(name: "x")) }
            #expect(updated?.kind == .conflict && updated?.code == "built_in_role")
            let deleted = await fault { try await delete(role.id) }
            #expect(deleted?.kind == .conflict && deleted?.code == "built_in_role")
        }
        #expect(try world.database.dump() == before)
    }

    @Test func `a role of a member is not deleted`() async throws {
        let role = try await world.role("Builder", [], in: acme, by: ada)
        let bob = world.user("bob")
        try await world.join(bob, acme, as: "Builder", by: ada)
        #expect(await fault { try await delete(role.id) }?.code == "role_in_use")
        try await world.give("member", to: bob, in: acme, by: ada)
        try await delete(role.id)
        #expect(await fault { try await delete(role.id) } == .notFound)
        #expect(try list().total == 3)
    }

    @Test func `role names are unique, ignoring case`() async throws {
        let role = try await world.role("\u{C9}diteur", [], in: acme, by: ada)
        let other = try await world.role("Other", [], in: acme, by: ada)
        try await world.role("Stra\u{DF}e", [], in: acme, by: ada)
        let before = try world.database.dump()
        let names = [
            "\u{C9}diteur", "\u{E9}DITEUR", "OWNER", "Admin", "e\u{301}diteur", "STRASSE",
            "strasse",
        ]
        for name in names {
            let created = await fault { try await world.role(name, [], in: acme, by: ada) }
            #expect(created?.kind == .conflict && created?.code == "role_name_taken", "\(name)")
            let renamed = await fault { try await update(other, try RoleUpdate(name: name)) }
            #expect(renamed?.code == "role_name_taken", "\(name)")
        }
        #expect(try world.database.dump() == before)
        // Its own name in another case is allowed, as is the name of another organization's role.
        #expect(try await update(role, try RoleUpdate(name: "\u{E9}diteur")).name == "\u{E9}diteur")
        let bolt = try await world.organization("Bolt", by: ada)
        try await world.role("Other", [], in: bolt, by: ada)
    }

    @Test(arguments: [
        "ow\u{200B}ner", "own\u{2060}er", "\u{FEFF}owner", "ow\u{AD}ner", "owner\u{200D}",
    ])
    func `role names can't differ by an invisible character only`(name: String) async throws {
        let before = try world.database.dump()
        let refused = await fault { try await world.role(name, [], in: acme, by: ada) }
        #expect(refused?.kind == .invalid && refused?.fields.map(\.pointer) == ["/name"])
        // Nor like one from before such names were refused.
        #expect(Text.folded(name) == Text.folded("owner"))
        #expect(try world.database.dump() == before)
    }

    @Test func `an organization has at most a hundred custom roles`() async throws {
        var last: Role?
        for index in 0..<OrganizationLimits.roles {
            last = try await world.role("r\(index)", [], in: acme, by: ada)
        }
        let more = await fault { try await world.role("more", [], in: acme, by: ada) }
        #expect(more?.kind == .conflict && more?.code == "too_many_roles")
        try await delete(last?.id ?? "")
        try await world.role("more", [], in: acme, by: ada)
        #expect(try list().total == 103)
    }

    @Test func `a role's new name and scopes apply to its members at once`() async throws {
        let role = try await world.role("Builder", [], in: acme, by: ada)
        let bob = world.user("bob")
        try await world.join(bob, acme, as: role.id, by: ada)
        _ = try await update(role, try RoleUpdate(name: "Maker", scopes: ["org:write"]))
        #expect(try world.roles(of: acme)[bob.userId] == "Maker")
        let listed = try world.useCases.listOrganizations(search: nil, PageRequest(), by: bob)
        #expect(listed.items.map(\.role) == ["Maker"])
        try await world.role("mine", [], in: acme, by: bob)
        _ = try await update(role, try RoleUpdate(scopes: []))
        let refused = await fault { try await world.role("more", [], in: acme, by: bob) }
        #expect(refused?.code == "insufficient_role")
    }

    @Test func `paths take a role's id only, and another organization's role is a 404`()
        async throws
    {
        let bolt = try await world.organization("Bolt", by: ada)
        let foreign = try await world.role("Foreign", [], in: bolt, by: ada)
        let role = try await world.role("Own", [], in: acme, by: ada)
        for id in [foreign.id, role.name, "owner", "", "rol_01JHMZ0000000000000000000A"] {
            #expect(await fault { try await delete(id) } == .notFound, "\(id)")
            let fault = await fault {
                try await world.useCases.updateRole(
                    id, of: acme.id, try RoleUpdate(name: "x"), by: ada
                ).commit()
            }
            #expect(fault == .notFound, "\(id)")
        }
    }
}
