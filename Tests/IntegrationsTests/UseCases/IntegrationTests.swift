import Contract
import IntegrationsContract
import Kernel
import TestSupport
import Testing

@testable import Integrations

/// Creating, updating, deleting and listing integrations.
@Suite struct IntegrationTests {
    let world: World
    let ada: Caller
    let bob: Caller
    let root: Caller

    init() throws {
        world = try World()
        ada = world.user("ada")
        bob = world.user("bob")
        root = world.admin()
    }

    private func slugs(_ search: String? = nil, by caller: Caller) async throws -> [String] {
        try await world.useCases.listIntegrations(
            search: search, PageRequest(size: 100), by: caller
        ).items.map(\.integration.slug)
    }

    private func update(
        _ integration: Integration, _ change: IntegrationUpdate, by caller: Caller
    ) async throws -> Integration {
        world.later()
        return try await world.useCases.updateIntegration(integration.id, change, by: caller)
            .commit()
            .integration
    }

    // MARK: Creating

    @Test func `the creator of an integration owns it`() async throws {
        let crm = try await world.integration(by: ada)
        #expect(IDMinter.isWellFormed(crm.id, prefix: "int_"))
        #expect(crm.owner == .user(ada.userId) && crm.slug == "crm" && crm.shareCount == 0)
        #expect(crm.createdAt == world.clock.now() && crm.updatedAt == crm.createdAt)
        #expect(try await world.access(to: crm, by: ada) == "2147483647 owner")
        #expect(try await world.access(to: crm, by: root) == "2147483647 platformAdmin")
        #expect(try await world.access(to: crm, by: bob) == nil)
    }

    @Test func `a requested slug is given or refused, a derived one is always free`()
        async throws
    {
        try await world.integration("CRM", by: ada)
        #expect(try await world.integration("CRM", by: bob).slug == "crm-2")
        let before = try world.database.dump()
        // Also for users who can't see the integration that has it.
        let taken = await fault { try await world.integration("Other", by: bob, slug: "crm") }
        #expect(taken?.kind == .conflict && taken?.code == "slug_taken")
        #expect(try world.database.dump() == before)
        #expect(try await world.integration("Other", by: bob, slug: "mine").slug == "mine")
    }

    @Test func `an integration is found by its id and by its slug`() async throws {
        let crm = try await world.integration(by: ada)
        for reference in [crm.id, "crm"] {
            let found = try await world.useCases.getIntegration(reference, by: ada)
            #expect(found.integration == crm && found.owner.name == .user("ada"))
        }
        for reference in ["CRM", crm.id.lowercased(), "", "int_01JHMZ0000000000000000000A"] {
            let fault = await fault {
                try await world.useCases.getIntegration(reference, by: ada)
            }
            #expect(fault == .notFound, "\(reference)")
        }
    }

    // MARK: Changing

    @Test func `an update sets updatedAt, and an update without effect changes nothing`()
        async throws
    {
        let crm = try await world.integration(by: ada)
        let renamed = try await update(crm, try IntegrationUpdate(name: .value("New")), by: ada)
        #expect(renamed.name == "New" && renamed.slug == "crm")
        #expect(renamed.updatedAt == world.clock.now() && renamed.createdAt == crm.createdAt)
        let before = try world.database.dump()
        for change in [
            try IntegrationUpdate(),
            try IntegrationUpdate(name: .value("New"), slug: .value("crm")),
            try IntegrationUpdate(description: .null),
        ] {
            #expect(try await update(renamed, change, by: ada) == renamed)
        }
        #expect(try world.database.dump() == before)
    }

    @Test func `two updates at the same moment have different times`() async throws {
        let crm = try await world.integration(by: ada)
        func rename(_ name: String) async throws -> Integration {
            try await world.useCases.updateIntegration(
                crm.id, try IntegrationUpdate(name: .value(name)), by: ada
            ).commit().integration
        }
        let (first, second) = (try await rename("A"), try await rename("CRM"))
        #expect(first.updatedAt.milliseconds == crm.updatedAt.milliseconds + 1)
        #expect(second.updatedAt.milliseconds == crm.updatedAt.milliseconds + 2)
    }

    @Test func `a slug in use is refused, and a former slug is free again`() async throws {
        let crm = try await world.integration(by: ada)
        try await world.integration("Other", by: bob)
        let before = try world.database.dump()
        let taken = await fault {
            try await update(crm, try IntegrationUpdate(slug: .value("other")), by: ada)
        }
        #expect(taken?.code == "slug_taken")
        #expect(try world.database.dump() == before)
        let moved = try await update(crm, try IntegrationUpdate(slug: .value("new")), by: ada)
        #expect(moved.slug == "new")
        #expect(try world.find("crm") == nil && world.find("new")?.id == crm.id)
        #expect(try await world.integration("CRM", by: bob, slug: "crm").slug == "crm")
    }

    @Test func `search finds an integration by its new name and no longer by its old one`()
        async throws
    {
        let crm = try await world.integration(by: ada)
        let change = try IntegrationUpdate(name: .value("ERP"), slug: .value("new"))
        _ = try await update(crm, change, by: ada)
        for caller in [ada, root] {
            #expect(try await slugs("erp", by: caller) == ["new"])
            #expect(try await slugs("NE", by: caller) == ["new"])
            #expect(try await slugs("crm", by: caller).isEmpty)
        }
    }

    // MARK: Deleting

    @Test func `deleting an integration deletes its shares and frees its slug`() async throws {
        let crm = try await world.integration(by: ada)
        try await world.team("A Team", by: ada)
        try await world.share(crm, with: "user:bob", by: ada)
        try await world.share(crm, with: "team:a-team", by: ada)
        try await world.useCases.deleteIntegration(crm.id, by: ada).commit()
        #expect(try world.shares(of: crm).isEmpty)
        #expect(try await slugs(by: bob).isEmpty)
        let again = try await world.integration(by: bob)
        #expect(again.slug == "crm" && again.id != crm.id)
        #expect(try await world.access(to: again, by: ada) == nil)
    }

    // MARK: Lists

    @Test func `the list has every visible integration once, newest first`() async throws {
        let team = try await world.team("A Team", by: ada)
        try await world.join(bob, team, by: ada)
        try await world.join(root, team, as: .admin, by: ada)
        for name in ["own", "mine", "ours", "shared", "both", "hidden"] {
            try await world.integration(name, by: name == "mine" ? bob : ada)
        }
        for name in ["ours", "both"] {
            let integration = try #require(try world.find(name))
            try await world.transfer(integration, teamId: team.id, by: root)
        }
        for name in ["shared", "both"] {
            let integration = try #require(try world.find(name))
            try await world.share(integration, with: "user:bob", by: root)
            try await world.share(integration, with: "team:a-team", by: root)
        }
        #expect(try await slugs(by: bob) == ["both", "shared", "ours", "mine"])
        #expect(try await slugs(by: ada) == ["hidden", "both", "shared", "ours", "own"])
        let all = ["hidden", "both", "shared", "ours", "mine", "own"]
        #expect(try await slugs(by: root) == all)
        #expect(try await slugs(by: world.user("eve")).isEmpty)
        let page = try await world.useCases.listIntegrations(
            search: nil, PageRequest(page: 2, size: 3), by: bob)
        #expect(page.items.map(\.integration.slug) == ["mine"] && page.total == 4)
        #expect(page.items.map(\.owner.name.text) == ["user:bob"])
    }

    @Test func `the list and GET agree on who sees an integration`() async throws {
        let team = try await world.team("A Team", by: ada)
        try await world.join(bob, team, by: ada)
        let crm = try await world.integration(by: ada)
        for step in 0..<4 {
            switch step {
            case 1: try await world.share(crm, with: "team:a-team", by: ada)
            case 2: try await world.leave(bob, team, by: bob)
            case 3: try await world.share(crm, with: "user:bob", by: ada)
            default: break
            }
            let isListed = try await slugs(by: bob) == ["crm"]
            #expect(isListed == (step % 2 == 1))
            let isSeen = try await world.access(to: crm, by: bob) != nil
            #expect(isSeen == isListed)
        }
    }

    // MARK: Names

    @Test func `an owner who changes during the request appears under the right name`()
        async throws
    {
        let crm = try await world.integration(by: ada)
        let done = Flag()
        let useCases = world.slow { [world, root] in
            if done.set() { try await world.transfer(crm, userId: "bob", by: root) }
        }
        let shown = try await useCases.updateIntegration(
            crm.id, try IntegrationUpdate(name: .value("New")), by: root
        ).commit()
        #expect(shown.owner.name == .user("bob") && shown.integration.name == "New")
        #expect(shown.integration.owner == .user(bob.userId))
    }
}
