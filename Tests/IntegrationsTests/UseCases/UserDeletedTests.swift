import Contract
import IntegrationsContract
import Kernel
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import Integrations

/// The effect of `user.deleted`.
@Suite struct UserDeletedTests {
    let world: World
    let ada: Caller
    let bob: Caller
    let root: Caller
    let team: Team
    let crm: Integration

    /// Ada owns the integration and shares the team with Bob. Root deletes users.
    init() async throws {
        world = try World()
        ada = world.user("ada")
        bob = world.user("bob")
        root = world.admin()
        team = try await world.team("A Team", by: ada)
        try await world.join(bob, team, as: .dataWizard, by: ada)
        crm = try await world.integration(by: ada)
    }

    func deleteUser(_ user: Caller, event: String = "evt_1") async throws -> Bool {
        world.later()
        return try await world.useCases.onUserDeleted(user.userId, by: root, eventId: event)
    }

    @Test func `a deleted user's integrations are transferred to the admin who deleted them`()
        async throws
    {
        let other = try await world.integration("Other", by: ada)
        let bobs = try await world.integration("Bob's", by: bob)
        #expect(try await deleteUser(ada))
        for integration in [crm, other] {
            let passed = try #require(try world.find(integration.id))
            #expect(passed.owner == .user(root.userId))
            #expect(passed.updatedAt == world.clock.now())
            #expect(passed.slug == integration.slug && passed.createdAt == integration.createdAt)
        }
        #expect(try world.find(bobs.id) == bobs)
        #expect(
            try await world.useCases.getOwner(of: crm.id, by: root).name == .user("root"))
    }

    @Test func `a deleted user's own shares and memberships are removed, others stay`()
        async throws
    {
        let bobs = try await world.integration("Bob's", by: bob)
        for name in ["user:ada", "user:bob", "team:a-team"] {
            try await world.share(crm, with: name, by: ada)
            try await world.share(bobs, with: name, by: bob)
        }
        #expect(try await deleteUser(ada))
        #expect(try world.shares(of: crm) == [bob.userId: 1, "team:a-team": 1])
        #expect(try world.shares(of: bobs) == [bob.userId: 1, "team:a-team": 1])
        #expect(try world.find(crm.id)?.shareCount == 2)
        #expect(try world.roles(in: team) == [bob.userId: .dataWizard])
        #expect(try world.find(team: team.id)?.memberCount == 1)
        // Apart from the audit, the tombstone, and the creator columns.
        let left = try world.database.dump(except: [
            "integrations.created_by": "counts for a quota", "teams.created_by": "likewise",
            "quota_usage": "the count",
        ]).filter { $0.contains(ada.userId) }
        #expect(
            Set(left.map { $0.prefix { $0 != ":" } }) == [
                "audit", "event_outbox", "list_parts", "tombstones",
            ])
    }

    @Test func `a team and its integrations survive the deletion of its last member`() async throws
    {
        try await world.join(root, team, as: .admin, by: ada)
        try await world.transfer(crm, teamId: team.id, by: root)
        try await world.leave(root, team, by: root)
        #expect(try await deleteUser(ada, event: "evt_1"))
        #expect(try await deleteUser(bob, event: "evt_2"))
        #expect(try world.find(team: team.id)?.memberCount == 0)
        #expect(try world.find(crm.id)?.owner == .team(team.id))
        // A platform admin can still manage it.
        try await world.join(world.user("cyd"), team, as: .admin, by: root)
    }

    @Test func `a repeated event changes nothing`() async throws {
        try await world.share(crm, with: "user:bob", by: ada)
        #expect(try await deleteUser(bob))
        let before = try world.database.dump()
        #expect(try await deleteUser(bob) == false)
        // The id alone decides, whatever the event says.
        #expect(try await deleteUser(ada) == false)
        #expect(try world.database.dump() == before)
    }

    @Test func `a deleted user without any rows here can't be given a share`() async throws {
        let eve = world.user("eve")
        #expect(try await deleteUser(eve))
        let fault = await fault { try await world.share(crm, with: "user:eve", by: ada) }
        #expect(fault?.fields.map(\.pointer) == ["/principalId"])
    }

    @Test func `a deleted user appears without a name until the event arrives`() async throws {
        try await world.share(crm, with: "user:bob", 2, by: ada)
        world.directory.remove(bob.userId)
        let page = try await world.useCases.listShares(of: crm.id, PageRequest(), by: ada)
        #expect(page.items.map(\.principal.displayName) == [""])
        #expect(page.items.map(\.principal.principal) == [.user(bob.userId)])
        #expect(try await deleteUser(bob))
        #expect(try world.shares(of: crm).isEmpty)
    }

    // MARK: Requests in progress

    private func rejection(_ body: () async throws -> Void) async throws -> String? {
        let before = try world.database.dump()
        let code = await fault(body)?.code
        #expect(try world.database.dump() == before)
        return code
    }

    @Test func `a deleted user's requests in progress are refused`() async throws {
        let own = try await world.integration("Own", by: bob)
        try await world.join(bob, team, as: .admin, by: ada)
        let creation = world.useCases.createIntegration(
            try IntegrationDraft(name: "New"), by: bob)
        let sharing = world.useCases.shareIntegration(
            own.id, with: .user("ada"), .default, by: bob)
        let unsharing = try await world.useCases.unshareIntegration(
            own.id, with: .user("ada"), by: bob)
        let joining = world.useCases.setTeamMember(
            "root", of: team.id, to: .admin, by: bob)
        let removing = try await world.useCases.removeTeamMember("ada", of: team.id, by: bob)
        let making = world.useCases.createTeam(try TeamDraft(name: "B"), by: bob)
        let renaming = world.useCases.updateTeam(
            team.id, try TeamUpdate(name: .value("Mine")), by: bob)
        let deleting = world.useCases.deleteTeam(team.id, by: bob)
        #expect(try await deleteUser(bob))
        let before = try world.database.dump()
        let codes = [
            await fault { try await creation.commit() }, await fault { try await sharing.commit() },
            await fault { try await unsharing.commit() },
            await fault { try await joining.commit() },
            await fault { try await removing.commit() }, await fault { try await making.commit() },
            await fault { try await renaming.commit() },
            await fault { try await deleting.commit() },
        ].map { $0?.code }
        #expect(codes == Array(repeating: "user_deleted", count: codes.count))
        #expect(try world.database.dump() == before)
    }

    @Test func `an admin who is deleted during the request changes nothing`() async throws {
        let other = world.admin("other")
        let useCases = world.slow { [world, root] in
            _ = try await world.useCases.onUserDeleted(other.userId, by: root, eventId: "evt_9")
        }
        let transfer = await fault {
            try await useCases.changeOwner(
                of: crm.id, to: try NewOwner(userId: "bob", teamId: nil), by: other
            ).commit()
        }
        let update = await fault {
            try await useCases.updateIntegration(
                crm.id, try IntegrationUpdate(name: .value("New")), by: other
            ).commit()
        }
        let deletion = await fault {
            try await useCases.deleteIntegration(crm.id, by: other).commit()
        }
        #expect(
            [transfer, update, deletion].map { $0?.code }
                == Array(
                    repeating: "user_deleted", count: 3))
        #expect(try world.find(crm.id) == crm)
    }
}
