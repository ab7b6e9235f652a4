import Contract
import InvitationsContract
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

/// The inviters' quota, shared by entities and workspaces.
@Suite struct WorkspaceQuotaTests {
    let world: World
    let ada: Caller
    let crm: String
    let lab: Workspace

    init() async throws {
        world = try World()
        ada = world.user("ada")
        crm = world.entity(by: ada)
        lab = try await world.workspace(by: ada)
    }

    private func refusal(_ email: String, into workspace: Workspace? = nil) async throws -> Fault? {
        await fault { try await world.invite(email, into: workspace ?? lab, by: ada) }
    }

    /// Sends some of both kinds, a second apart.
    private func send(workspace: Int, entity: Int) async throws {
        for index in 0..<workspace {
            try await world.invite("w\(index)@example.com", into: lab, by: ada)
        }
        for index in 0..<entity {
            try await world.invite("e\(index)@example.com", to: crm, by: ada, mails: false)
        }
    }

    @Test func `entities and workspaces share the hourly quota`() async throws {
        try await send(workspace: 60, entity: 40)
        let refused = try #require(try await refusal("more@example.com"))
        #expect(refused.code == "invitation_quota_exceeded" && refused.kind == .rateLimited)
        // The first was sent 100 seconds ago.
        #expect(refused.retryAfter == 3_500)
        let entity = await fault { try await world.invite("more@x.org", to: crm, by: ada) }
        #expect(entity?.code == "invitation_quota_exceeded")
        world.later(3_497)
        // A second passes with each.
        #expect(try await refusal("more@example.com")?.retryAfter == 1)
        #expect(try await refusal("more@example.com") == nil)
    }

    @Test func `another workspace does not add to the quota`() async throws {
        try await send(workspace: 100, entity: 0)
        let other = try await world.workspace("Other", by: ada)
        #expect(try await refusal("x@example.com", into: other)?.kind == .rateLimited)
        // Another inviter has a quota of their own.
        let bob = world.user("bob")
        let bobs = try await world.workspace("Bob's", by: bob)
        try await world.invite("x@example.com", into: bobs, by: bob)
    }

    @Test func `resending counts for the caller, and revoking does not restore the quota`()
        async throws
    {
        try await send(workspace: 98, entity: 0)
        let one = try await world.invite("one@example.com", into: lab, by: ada)
        world.later(60)
        try await world.resend(one, by: ada)
        try await world.withdraw(one, by: ada)
        #expect(try await refusal("more@example.com")?.kind == .rateLimited)
        let first = try #require(try world.pending(to: lab).first)
        world.later(60)
        let again = await fault { try await world.resend(first, by: ada) }
        #expect(again?.code == "invitation_quota_exceeded" && again?.retryAfter != nil)
        // The new owner has a quota of their own.
        let bob = world.user("bob")
        try await world.database.write { [lab] tx in
            try WorkspaceMemberStore.insert(
                WorkspaceMember(
                    workspaceId: lab.id, userId: bob.userId, permissions: .write,
                    sharedAt: tx.now), in: tx)
        }
        try await world.handOver(lab, to: bob, by: ada)
        try await world.resend(first, by: bob)
    }

    @Test func `deleting the workspace does not restore the quota`() async throws {
        try await send(workspace: 100, entity: 0)
        try await world.delete(lab, by: ada)
        let other = try await world.workspace("Other", by: ada)
        #expect(try await refusal("x@example.com", into: other)?.kind == .rateLimited)
    }

    /// Pending invitations of Ada's, created days ago.
    private func addPending(_ count: Int) async throws {
        try await world.database.write { [lab, ada] tx in
            _ = try tx.execute(
                """
                WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
                INSERT INTO workspace_invitations (id, workspace_id, email, permissions, status,
                    invited_by, expires_at, created_at, sent_at, email_status)
                SELECT printf('01890000-0000-7000-8000-%012x', i), ?1,
                    printf('p%d@example.com', i), 'read', 'pending', ?3, ?4 + i * 1000, 0, 0,
                    'none' FROM n
                """, .text(lab.id), .int(count), .text(ada.userId),
                .time(tx.now.adding(seconds: 1_000)))
        }
    }

    @Test func `entities and workspaces share the limit of pending invitations`() async throws {
        try await addPending(990)
        for index in 0..<10 {
            try await world.invite("e\(index)@example.com", to: crm, by: ada, days: 30)
        }
        let refused = try #require(try await refusal("more@example.com"))
        #expect(refused.code == "invitation_quota_exceeded")
        // The first of them expires 1,001 seconds after they were made, 11 seconds ago.
        #expect(refused.retryAfter == 990)
        let entity = await fault { try await world.invite("more@x.org", to: crm, by: ada) }
        #expect(entity?.retryAfter == 989)
        // An ended one makes room for one other; so does an expired one.
        try await world.withdraw(try #require(try world.pending(to: lab).last), by: ada)
        #expect(try await refusal("more@example.com") == nil)
        #expect(try await refusal("other@example.com") != nil)
        world.later(985)
        #expect(try await refusal("other@example.com") == nil)
        // Resending doesn't add one.
        let again = try #require(
            try world.pending(to: lab).first { $0.email == "more@example.com" })
        try await world.resend(again, by: ada)
    }

    @Test func `the quota holds for concurrent requests`() async throws {
        try await send(workspace: 45, entity: 45)
        let (lab, ada) = (lab, ada)
        let result = await race(50) { index in
            _ = try await world.workspaces.invite(
                try WorkspaceInvitationDraft(email: "p\(index)@example.com"), to: lab.id, by: ada
            ).commit()
        }
        #expect(result.succeeded == 10)
        #expect(Set(result.codes) == ["invitation_quota_exceeded"])
    }

    @Test func `deleting a user deletes their counts`() async throws {
        try await send(workspace: 3, entity: 0)
        _ = try await world.context.onUserDeleted(ada.userId, by: world.user("root"), eventId: "1")
        let count = try world.database.read { db in
            try SendingStore.count(
                by: ada.userId, since: Timestamp(milliseconds: 0),
                to: world.clock.now(), in: db
            ).count
        }
        #expect(count == 0)
    }
}
