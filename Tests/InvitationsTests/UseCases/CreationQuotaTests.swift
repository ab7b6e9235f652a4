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

    /// Twenty concurrent requests with room for one.
    private func expectOne(
        at location: SourceLocation = #_sourceLocation,
        _ body: @escaping @Sendable (Int) async throws -> Void
    ) async {
        let result = await race(20, body)
        #expect(result.succeeded == 1, sourceLocation: location)
        #expect(
            result.codes == Array(repeating: "quota_exceeded", count: 19),
            sourceLocation: location)
    }

    @Test func `the quota limits the workspaces that a user creates, whoever owns them later`()
        async throws
    {
        var workspaces = world.workspaces
        workspaces.quota.limit = 2
        let limited = workspaces
        let lab = try await world.workspace(by: ada)
        await expectOne {
            _ = try await limited.createWorkspace(try WorkspaceDraft(name: "N\($0)"), by: ada)
                .commit()
        }
        try await world.accept(
            try await world.invite("bob@example.com", into: lab, by: ada), by: bob)
        try await world.handOver(lab, to: bob, by: ada)
        let refused = await fault {
            _ = try await limited.createWorkspace(try WorkspaceDraft(name: "More"), by: ada)
                .commit()
        }
        #expect(refused?.code == "quota_exceeded")
        for name in ["Bob's own", "Bob's other"] {
            _ = try await limited.createWorkspace(try WorkspaceDraft(name: name), by: bob).commit()
        }
        try await world.delete(lab, by: bob)
        _ = try await limited.createWorkspace(try WorkspaceDraft(name: "Instead"), by: ada).commit()
    }

    @Test func `the quota limits an entity's collaborators and pending invitations`()
        async throws
    {
        var useCases = world.useCases
        useCases.quota.limit = 3
        let limited = useCases
        let (crm, other) = (world.entity(by: ada), world.entity("Other", by: ada))
        @Sendable func invite(_ email: String, to entity: String) async throws -> Invitation {
            try await limited.createInvitation(
                to: entity, try InvitationDraft(email: email, sendsMail: false), by: ada
            ).commit()
        }
        try await world.collaborator(bob, on: crm, by: ada)
        let pending = try await invite("first@example.com", to: crm)
        await expectOne { _ = try await invite("n\($0)@example.com", to: crm) }
        _ = try await invite("first@example.com", to: other)
        try await world.revoke(pending, by: ada)
        let last = try await invite("last@example.com", to: crm)
        // An expired invitation makes room, and needs room to be resent.
        world.days(8)
        _ = try await limited.expireSome()
        for name in ["x", "y"] { _ = try await invite("\(name)@example.com", to: crm) }
        let refused = await fault {
            _ = try await limited.resendInvitation(last.id, to: crm, by: ada).commit()
        }
        #expect(refused?.code == "quota_exceeded")
    }

    @Test func `rows from before quotas existed are counted`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/invitations.sqlite"
        let index = try #require(invitationsMigrations.firstIndex { $0.name == "quotas" })
        let old = try Database(
            path: path, migrations: Array(invitationsMigrations[..<index]), readers: 0,
            clock: FakeClock())
        try await old.write { tx in
            try tx.execute("INSERT INTO workspaces VALUES ('w', 'Lab', 0)")
            try tx.execute(
                """
                INSERT INTO workspace_members VALUES ('usr_ada', 'w', 'owner', 2),
                    ('usr_bob', 'w', 'write', 1)
                """)
            try tx.execute(
                "INSERT INTO collaborators VALUES ('usr_bob', 'e', 'viewer', 'usr_ada', 0)")
        }
        old.close()
        let new = try Database(
            path: path, migrations: invitationsMigrations, readers: 0, clock: FakeClock())
        defer { new.close() }
        let used = try new.read { db in
            try db.rows("SELECT quota || ' ' || holder || ' ' || used FROM quota_usage") {
                $0.text(0)
            }
        }
        #expect(used.sorted() == ["collaborators e 1", "workspaces usr_ada 1"])
    }
}
