import Kernel
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

/// The quotas of users and entities.
@Suite struct CreationQuotaTests {
    private let world: World
    private let ada: Caller
    private let bob: Caller

    init() throws {
        world = try World()
        ada = world.user("ada")
        bob = world.user("bob")
    }

    @Test func `the quota limits the workspaces that a user creates, whoever owns them later`()
        async throws
    {
        @Sendable func create(
            _ uses: WorkspacesUseCases, _ number: Int, by caller: Caller
        ) async throws -> Workspace {
            try await uses.createWorkspace(try WorkspaceDraft(name: "N\(number)"), by: caller)
                .commit().workspace
        }
        let full = try await expectQuota(\.quota, of: world.workspaces) {
            [world, ada, bob] in
            try await world.member(bob, of: $1, by: ada)
            try await world.handOver($1, to: bob, by: ada)
            let full = $0
            #expect(await fault { try await create(full, 29, by: ada) } != nil)
            try await world.delete($1, by: bob)
        } add: { [ada] in
            try await create($0, $1, by: ada)
        }
        for number in 40..<42 { _ = try await create(full, number, by: bob) }
    }

    @Test func `the quota limits an entity's collaborators and pending invitations`()
        async throws
    {
        let (crm, other) = (world.entity(by: ada), world.entity("Other", by: ada))
        @Sendable func invite(
            _ uses: InvitationsUseCases, _ name: String, to entity: String
        ) async throws -> Invitation {
            try await uses.createInvitation(
                to: entity, try InvitationDraft(email: "\(name)@example.com", sendsMail: false),
                by: ada
            ).commit()
        }
        try await world.collaborator(bob, on: crm, by: ada)
        let full = try await expectQuota(\.quota, of: world.useCases, used: 1) {
            [world, ada] in
            _ = $0
            try await world.revoke($1, by: ada)
        } add: {
            try await invite($0, "n\($1)", to: crm)
        }
        let last = try await invite(full, "n0", to: other)
        // An expired invitation makes room, and needs room to be resent.
        world.days(8)
        while try await full.expireSome() > 0 {}
        for name in ["x", "y", "z"] { _ = try await invite(full, name, to: other) }
        let refused = await fault {
            _ = try await full.resendInvitation(last.id, to: other, by: ada).commit()
        }
        #expect(refused?.code == "quota_exceeded")
    }

    @Test func `rows from before quotas existed are counted`() async throws {
        let used = try await countedQuotas(invitationsMigrations) { tx in
            try tx.execute("INSERT INTO workspaces VALUES ('w', 'Lab', 0)")
            try tx.execute(
                """
                INSERT INTO workspace_members VALUES ('usr_ada', 'w', 'owner', 2),
                    ('usr_bob', 'w', 'write', 1)
                """)
            try tx.execute(
                "INSERT INTO collaborators VALUES ('usr_bob', 'e', 'viewer', 'usr_ada', 0)")
        }
        #expect(used == ["collaborators e 1", "workspaces usr_ada 1"])
    }
}
