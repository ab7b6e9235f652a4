import Kernel
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import Integrations

/// `GET /api/integrations?userId=`.
@Suite struct AccessListTests {
    let world: World
    let ada: Caller
    let bob: Caller
    let root: Caller

    init() async throws {
        world = try World()
        ada = world.user("ada")
        bob = world.user("bob")
        root = world.admin()
        try await world.share(
            try await world.integration("CRM", by: ada), with: "user:bob", 2, by: ada)
        _ = try await world.integration("ERP", by: ada)
    }

    private func list(_ userId: String, by caller: Caller) async throws -> [String] {
        let page = try await world.useCases.listIntegrations(
            of: userId, search: nil, PageRequest(), by: caller)
        #expect(page.total == page.items.count)
        return page.items.map(\.integration.name)
    }

    @Test func `a platform admin lists what another user can see`() async throws {
        #expect(try await list(bob.userId, by: root) == ["CRM"])
        #expect(try await list(ada.userId, by: root) == ["ERP", "CRM"])
        #expect(try await list("usr_unknown", by: root).isEmpty)
        // Another admin sees everything.
        let other = world.admin("other")
        #expect(try await list(other.userId, by: root).isEmpty)
        world.directory.promote(other.userId)
        #expect(try await list(other.userId, by: root) == ["ERP", "CRM"])
        try await world.database.write { [bob] in
            try SuspendedUsers.set(bob.userId, isSuspended: true, in: $0)
        }
        #expect(try await list(bob.userId, by: root).isEmpty)
    }

    @Test func `others list only their own`() async throws {
        #expect(try await list(bob.userId, by: bob) == ["CRM"])
        let poor = Caller(userId: root.userId, isAdmin: true, scopes: ["integration:write"])
        let actedFor = Caller(userId: bob.userId, actingId: root.userId)
        for caller in [bob, poor, actedFor] {
            for id in [ada.userId, "usr_unknown"] {
                let refused = try await world.refusal { try await list(id, by: caller) }
                #expect(refused == .insufficientScope(["access:check"]))
            }
        }
    }
}
