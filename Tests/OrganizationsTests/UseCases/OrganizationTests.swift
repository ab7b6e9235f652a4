import Contract
import Kernel
import OrganizationsContract
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import Organizations

/// Creating, finding, changing and deleting organizations.
@Suite struct OrganizationTests {
    let world: World
    let ada: Caller
    let bob: Caller

    init() throws {
        world = try World()
        ada = world.user("ada")
        bob = world.user("bob")
    }

    func details(_ reference: String, by caller: Caller) async throws -> OrganizationDetails {
        try await world.useCases.getOrganization(reference, by: caller)
    }

    func names(
        _ search: String? = nil, _ page: PageRequest = PageRequest(), by caller: Caller
    ) throws -> [String] {
        try world.useCases.listOrganizations(search: search, page, by: caller).items.map(
            \.organization.name)
    }

    // MARK: Creating

    @Test func `creating an organization makes the caller its owner, with three roles and a key`()
        async throws
    {
        world.later()
        let made = try await world.useCases.createOrganization(
            try OrganizationDraft(name: "Acme"), by: ada
        ).commit()
        #expect(IDMinter.isWellFormed(made.organization.id, prefix: "org_"))
        #expect(made.organization.slug == "acme" && made.organization.memberCount == 1)
        #expect(made.organization.createdAt == world.clock.now())
        #expect(made.role?.builtIn == .owner)
        #expect(made.roles.map(\.name) == ["owner", "admin", "member"])
        #expect(made.roles.map(\.scopes) == BuiltInRole.allCases.map(\.scopes))
        #expect(made.members.map(\.user.email) == ["ada@example.com"])
        #expect(made.storage == .managed)
        #expect(made.registryKey?.hasPrefix("npm_live_") == true)
        #expect(made.registryKey?.utf8.count == 9 + 43 + 6)
        #expect(try await details(made.organization.id, by: ada) == made)
    }

    @Test func `each organization has its own key`() async throws {
        let first = try await world.organization(by: ada)
        let second = try await world.organization(by: ada)
        let keys = [
            try await details(first.id, by: ada).registryKey,
            try await details(second.id, by: ada).registryKey,
        ]
        #expect(keys[0] != keys[1] && keys[0] != nil && keys[1] != nil)
    }

    @Test func `a slug is derived from the name, with a number if it is taken`() async throws {
        var slugs: [String] = []
        for _ in 0..<5 {
            slugs.append(try await world.organization("\u{C9}t\u{E9}!", by: ada).slug)
        }
        #expect(slugs == ["ete", "ete-2", "ete-3", "ete-4", "ete-5"])
        #expect(try await world.organization("\u{65E5}", by: ada).slug == "item")
    }

    @Test func `a requested slug is used or refused`() async throws {
        #expect(try await world.organization(by: ada, slug: "here").slug == "here")
        let before = try world.database.dump()
        let taken = await fault { try await world.organization(by: bob, slug: "here") }
        #expect(taken?.kind == .conflict && taken?.code == "slug_taken")
        #expect(try world.database.dump() == before)
    }

    @Test func `a caller who is deleted during the request creates nothing`() async throws {
        let change = world.useCases.createOrganization(
            try OrganizationDraft(name: "Acme"), by: ada)
        _ = try await world.useCases.onUserDeleted(ada.userId, by: world.admin(), eventId: "evt_1")
        #expect(await fault { try await change.commit() }?.code == "user_deleted")
        #expect(try world.find("acme") == nil)
    }

    // MARK: Lists

    @Test func `the list has the caller's organizations with the caller's roles`()
        async throws
    {
        let acme = try await world.organization("Acme", by: ada)
        try await world.organization("Bolt", by: bob)
        try await world.join(bob, acme, by: ada)
        let page = try world.useCases.listOrganizations(search: nil, PageRequest(), by: bob)
        #expect(page.items.map(\.organization.name) == ["Bolt", "Acme"])
        #expect(page.items.map(\.role) == ["owner", "member"])
        #expect(page.items.map(\.organization.memberCount) == [1, 2])
        #expect(page.total == 2)
        #expect(try names(by: ada) == ["Acme"])
        // A platform admin can view by id; the list has only their own.
        #expect(try names(by: world.admin()).isEmpty)
    }

    @Test func `pages contain everything once, newest first, even within one millisecond`()
        async throws
    {
        for index in 0..<25 {
            _ = try await world.useCases.createOrganization(
                try OrganizationDraft(name: "O\(index)"), by: ada
            ).commit()
        }
        var seen: [String] = []
        for number in 1...4 {
            let page = try world.useCases.listOrganizations(
                search: nil, PageRequest(page: number, size: 10), by: ada)
            #expect(page.total == 25 && page.items.count == [10, 10, 5, 0][number - 1])
            seen += page.items.map(\.organization.name)
        }
        #expect(seen == (0..<25).reversed().map { "O\($0)" })
    }

    @Test
    func
        `a search finds parts of names and slugs, ignoring case, every character literal`()
        async throws
    {
        for (name, slug) in [
            ("100% Sure", "a"), ("snake_case", "b"), ("back\\slash", "c"), ("\u{C9}COLE", "school"),
        ] { try await world.organization(name, by: ada, slug: slug) }
        try await world.organization("100% Other", by: bob)
        for (search, found) in [
            ("%", ["100% Sure"]), ("_", ["snake_case"]), ("\\", ["back\\slash"]), ("'; --", []),
            ("\u{E9}cole", ["\u{C9}COLE"]), ("CHOO", ["\u{C9}COLE"]),
            ("A", ["back\\slash", "snake_case", "100% Sure"]),
            // No match spans the name's end and the slug's beginning.
            ("coleschool", []), ("cole school", []), ("sure a", []),
        ] { #expect(try names(search, by: ada) == found, "\(search)") }
        let page = try world.useCases.listOrganizations(
            search: "s", PageRequest(page: 2, size: 2), by: ada)
        #expect(
            page.total == 4 && page.items.map(\.organization.name) == ["snake_case", "100% Sure"])
    }

    @Test func `a renamed organization is found by its new name only`() async throws {
        let acme = try await world.organization("Acme", by: ada)
        let change = try OrganizationUpdate(name: "Bolt", slug: "fresh")
        let changed = try await world.useCases.updateOrganization(acme.id, change, by: ada).commit()
        #expect(changed.organization.name == "Bolt" && changed.organization.slug == "fresh")
        #expect(try names("acme", by: ada).isEmpty)
        #expect(try names("FRESH", by: ada) == ["Bolt"])
        #expect(try world.find("acme") == nil)
    }

    // MARK: Details

    @Test func `the details show the hundred longest-standing members`() async throws {
        let acme = try await world.organization(by: ada)
        for index in 0..<105 {
            try await world.join(world.user("u\(1_000 + index)"), acme, by: ada)
        }
        let shown = try await details(acme.id, by: ada)
        #expect(shown.organization.memberCount == 106)
        #expect(
            shown.members.map(\.user.username) == ["ada"] + (0..<99).map { "u\(1_000 + $0)" })
        let page = try await world.useCases.listMembers(
            of: acme.id, PageRequest(page: 2, size: 100), by: ada)
        #expect(page.total == 106)
        #expect(page.items.map(\.user.username) == (0..<5).reversed().map { "u100\($0)" } + ["ada"])
    }

    @Test func `every operation takes the slug in place of the id`() async throws {
        let acme = try await world.organization(by: ada, slug: "here")
        let entity = world.entities.add(by: ada)
        let useCases = world.useCases
        #expect(try await details("here", by: ada) == (try await details(acme.id, by: ada)))
        _ = try await useCases.addMember(
            .userId(bob.userId), as: "member", to: "here", by: ada
        ).commit()
        _ = try await useCases.changeMember(bob.userId, of: "here", to: "admin", by: ada).commit()
        #expect(
            try await useCases.listMembers(of: "here", PageRequest(), by: bob).items.count == 2)
        let role = try await useCases.createRole(
            try RoleDraft(name: "r", scopes: []), in: "here", by: ada
        ).commit()
        _ = try await useCases.updateRole(
            role.id, of: "here", try RoleUpdate(name: "s"), by: ada
        ).commit()
        #expect(try useCases.listRoles(of: "here", PageRequest(), by: ada).items[0].name == "s")
        try await useCases.deleteRole(role.id, of: "here", by: ada).commit()
        _ = try await useCases.setStorage(of: "here", to: .managed, by: ada).commit()
        #expect(try useCases.getStorage(of: "here", by: ada) == .managed)
        _ = try await useCases.rotateRegistryKey(of: "here", by: ada).commit()
        let made = try await useCases.publish(
            entity, publicly: false, to: "here", by: ada
        ).commit()
        #expect(made.organizationId == acme.id)
        #expect(try useCases.getPublication(made.id, of: "here", by: bob) == made)
        _ = try await useCases.updatePublication(
            made.id, of: "here", isPublic: true, by: ada
        ).commit()
        #expect(
            try useCases.listPublications(
                of: "here", type: nil, PageRequest(), by: bob
            ).items.map(\.isPublic) == [true])
        try await useCases.unpublish(entity, from: "here", by: ada).commit()
        #expect(try useCases.listAudit(of: "here", .init(), PageRequest(), by: ada).total > 8)
        try await useCases.removeMember(bob.userId, of: "here", by: ada).commit()
        let change = try OrganizationUpdate(slug: "there")
        _ = try await useCases.updateOrganization("here", change, by: ada).commit()
        #expect(await fault { try await details("here", by: ada) } == .notFound)
        try await useCases.deleteOrganization("there", by: ada).commit()
        #expect(try world.find(acme.id) == nil)
    }

    @Test func `members see the key; a platform admin sees everything else`() async throws {
        let acme = try await world.organization(by: ada)
        try await world.role("bare", [], in: acme, by: ada)
        try await world.join(bob, acme, as: "bare", by: ada)
        let own = try await details(acme.id, by: bob)
        #expect(own.registryKey != nil && own.role?.name == "bare")
        let seen = try await details(acme.id, by: world.admin())
        #expect(seen.registryKey == nil && seen.role == nil)
        #expect(seen.members == own.members && seen.roles == own.roles)
        let stranger = await fault { try await details(acme.id, by: world.user("eve")) }
        #expect(stranger == .notFound)
        let missing = await fault {
            try await details("org_01JHMZ0000000000000000000A", by: ada)
        }
        #expect(missing == stranger)
    }

    @Test func `a member who joins while profiles are fetched is not shown without a name`()
        async throws
    {
        let acme = try await world.organization(by: ada)
        let useCases = OrganizationsUseCases(
            database: world.database, ids: world.useCases.ids, random: world.useCases.random,
            vault: world.useCases.vault,
            directory: SlowDirectory(world.directory) { [world, ada, bob] in
                try await world.join(bob, acme, by: ada)
            }, entities: world.entities, storage: world.storage, listeners: [])
        let shown = try await useCases.getOrganization(acme.id, by: ada)
        #expect(shown.members.map(\.user.username) == ["ada"])
        #expect(shown.organization.memberCount == 1)
        #expect(try world.find(acme.id)?.memberCount == 2)
    }

    // MARK: Keys

    @Test func `rotating replaces the key`() async throws {
        let acme = try await world.organization(by: ada)
        let old = try await details(acme.id, by: ada).registryKey
        let new = try await world.useCases.rotateRegistryKey(of: acme.id, by: ada).commit()
        #expect(new != old)
        #expect(try await details(acme.id, by: ada).registryKey == new)
        #expect(try world.actions(of: acme).last == "npm_registry_key.rotated")
    }

    @Test func `a key that was moved to another organization can't be decrypted`() async throws {
        let acme = try await world.organization(by: ada)
        let bolt = try await world.organization("Bolt", by: ada)
        try await world.database.write { tx in
            let key = try OrganizationStore.sealedKey(of: bolt.id, in: tx) ?? []
            try OrganizationStore.setSealedKey(key, of: acme.id, in: tx)
        }
        let fault = await fault { try await details(acme.id, by: ada) }
        #expect(fault?.kind == .internalError)
    }

    // MARK: Updating and deleting

    @Test func `an update can keep a slug but not take another organization's`() async throws {
        let acme = try await world.organization("Acme", by: ada)
        try await world.organization("Bolt", by: bob)
        let before = try world.database.dump()
        let taken = await fault {
            try await world.useCases.updateOrganization(
                acme.id, try OrganizationUpdate(name: "New", slug: "bolt"), by: ada
            ).commit()
        }
        #expect(taken?.code == "slug_taken")
        // An update without changes adds no audit entry.
        for change in [
            try OrganizationUpdate(), try OrganizationUpdate(name: "Acme", slug: "acme"),
        ] {
            _ = try await world.useCases.updateOrganization(acme.id, change, by: ada).commit()
        }
        #expect(try world.database.dump() == before)
    }

    @Test func `deleting an organization deletes what belongs to it`() async throws {
        let acme = try await world.organization(by: ada)
        try await world.role("bare", [], in: acme, by: ada)
        try await world.join(bob, acme, as: "bare", by: ada)
        let entity = world.entities.add(by: ada)
        try await world.publish(entity, publicly: true, to: acme, by: ada)
        _ = try await world.useCases.setStorage(
            of: acme.id, to: try StorageDraft(mode: "external", external: bucketBody()), by: ada
        ).commit()
        try await world.useCases.deleteOrganization(acme.id, by: ada).commit()
        // Apart from the audit, its counts, the outbox, and the versions since when its store has
        // nothing.
        let left = try world.database.dump().filter { $0.contains(acme.id) }
        #expect(
            Set(left.map { $0.prefix { $0 != ":" } }) == [
                "audit", "event_outbox", "list_parts", "outbox", "store_changes",
            ])
        #expect(try world.database.outbox().map(\.type) == ["organization.deleted"])
        #expect(try world.useCases.listPublicStores(search: nil, PageRequest()).total == 0)
        #expect(try names(by: bob).isEmpty)
        #expect(await fault { try await details(acme.id, by: ada) } == .notFound)
        #expect(
            try world.actions(of: acme).suffix(4).sorted() == [
                "member.removed", "member.removed", "organization.deleted", "publication.removed",
            ])
        // Its slug is free again.
        #expect(try await world.organization(by: bob, slug: acme.slug).slug == acme.slug)
    }
}
