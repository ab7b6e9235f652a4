import Contract
import EntitiesContract
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

/// Counts that triggers keep are those of the rows.
@Suite struct CountTests {
    /// What is kept and not so, and what is so and not kept.
    private func miscounts(_ database: Database) throws -> [String] {
        try database.read { db in
            try db.rows(
                """
                WITH counted (list, holder, part, number) AS (
                    SELECT 'invitations_of_entity', entity_id, status, count(*)
                    FROM invitations GROUP BY 2, 3
                    UNION ALL SELECT 'invitations_to_address', email, status, count(*)
                    FROM invitations GROUP BY 2, 3
                    UNION ALL SELECT 'workspace_invitations_to', email, status, count(*)
                    FROM workspace_invitations GROUP BY 2, 3
                    UNION ALL SELECT 'workspaces_of_member', user_id, '', count(*)
                    FROM workspace_members GROUP BY 2
                    UNION ALL SELECT 'deliveries', webhook_id, status, count(*)
                    FROM deliveries JOIN webhooks ON id = webhook_id GROUP BY 2, 3
                ), kept (list, holder, part, number) AS (
                    SELECT * FROM kept_counts
                    UNION ALL SELECT 'deliveries', id, 'pending', waiting FROM webhooks
                    WHERE waiting <> 0
                    UNION ALL SELECT 'deliveries', id, 'delivered', delivered FROM webhooks
                    WHERE delivered <> 0
                    UNION ALL SELECT 'deliveries', id, 'failed', failed FROM webhooks
                    WHERE failed <> 0
                )
                SELECT 'kept', * FROM (SELECT * FROM kept EXCEPT SELECT * FROM counted)
                UNION ALL
                SELECT 'counted', * FROM (SELECT * FROM counted EXCEPT SELECT * FROM kept)
                """
            ) { row in (0...3).map { row.text($0) }.joined(separator: " ") + " \(row.int(4))" }
        }
    }

    private func kept(_ database: Database) throws -> Int {
        try database.read { db in
            try db.row("SELECT sum(number) FROM kept_counts") { Int($0.int(0)) } ?? 0
        }
    }

    @Test func `invitations are counted, however they end`() async throws {
        let world = try World(explains: true, jobRows: 2)
        let (ada, bob) = (world.user("ada"), world.user("bob"))
        let (crm, wiki) = (world.entity(by: ada), world.entity("Wiki", by: ada))
        func check() throws { #expect(try miscounts(world.database) == []) }
        try await world.collaborator(bob, on: crm, by: ada)
        try await world.collaborator(bob, on: wiki, by: ada)
        let open = try await world.invite("one@example.com", to: crm, by: ada)
        try await world.revoke(try await world.invite("two@example.com", to: crm, by: ada), by: ada)
        try check()
        #expect(try kept(world.database) == 8)
        world.days(8)
        #expect(try await world.useCases.expireSome() == 1)
        try check()
        try await world.resend(open, by: ada)
        try check()
        let deleted = EntityDeleted(entityId: crm, actor: EventActor(ada))
        _ = try await world.context.onEntityDeleted(deleted, eventId: "evt_1")
        while try await world.advanceJob() { try check() }
        try check()
        #expect(try kept(world.database) == 2)
    }

    @Test func `members and invitations of workspaces are counted`() async throws {
        let world = try World(explains: true, jobRows: 2)
        let (ada, bob, eve) = (world.user("ada"), world.user("bob"), world.user("eve"))
        func check() throws { #expect(try miscounts(world.database) == []) }
        let (lab, den) = (try await world.workspace(by: ada), try await world.workspace(by: bob))
        try await world.member(bob, of: lab, by: ada, "write")
        try await world.member(eve, of: lab, by: ada)
        try await world.answer(
            try await world.invite("eve@example.com", into: den, by: bob), "rejected", by: eve)
        try await world.handOver(lab, to: bob, by: ada)
        try check()
        try await world.remove(eve, from: lab, by: bob)
        try await world.invite("eve@example.com", into: den, by: bob)
        try check()
        _ = try await world.context.onUserDeleted(bob.userId, by: eve, eventId: "evt_1")
        try await world.finishJobs()
        try check()
        try await world.delete(lab, by: ada)
        try await world.finishJobs()
        try check()
        #expect(try kept(world.database) == 0)
    }

    @Test func `totals leave out what is being deleted, and follow the clock`() async throws {
        let world = try World(jobRows: 2)
        let (ada, bob) = (world.user("ada"), world.user("bob"))
        func total(_ status: WorkspaceInvitationStatus?) async throws -> [Int] {
            let page = try await world.workspaces.listMine(status, PageRequest(), by: bob)
            return [page.total, page.items.count]
        }
        let (lab, den) = (try await world.workspace(by: ada), try await world.workspace(by: ada))
        for _ in 0..<5 {
            let invitation = try await world.invite("bob@example.com", into: lab, by: ada)
            try await world.answer(invitation, "rejected", by: bob)
        }
        try await world.invite("bob@example.com", into: den, by: ada)
        #expect(try await total(nil) == [6, 6])
        #expect(try await total(.pending) == [1, 1])
        world.days(8)
        #expect(try await total(.pending) == [0, 0])
        #expect(try await total(.expired) == [1, 1])
        #expect(try await world.workspaces.expireSome() == 1)
        #expect(try await total(.expired) == [1, 1])
        try await world.delete(lab, by: ada)
        repeat {
            #expect(try await total(nil) == [1, 1])
            #expect(try await total(.rejected) == [0, 0])
        } while try await world.advanceJob()
    }

    @Test func `deliveries are counted by status`() async throws {
        let world = try World(explains: true)
        let ada = world.user("ada")
        let crm = world.entity(by: ada)
        let webhook = try await world.webhook(by: ada)
        func check(_ status: DeliveryStatus?, _ total: Int) throws {
            #expect(try miscounts(world.database) == [])
            let page = try world.webhooks.listDeliveries(
                of: webhook.id, status, PageRequest(), by: ada)
            #expect(page.total == total && page.items.count == total)
        }
        for number in 0..<3 {
            try await world.invite("a\(number)@example.com", to: crm, by: ada)
        }
        try check(.pending, 3)
        _ = try await world.deliver(webhook)
        try check(.delivered, 3)
        try await world.invite("b@example.com", to: crm, by: ada)
        _ = try await world.deliver(webhook, .failed(reason: "no"), DeliverySchedule(seconds: []))
        try check(.failed, 1)
        try check(nil, 4)
        _ = try await world.webhooks.redeliverAll(
            MissedEvents(since: Timestamp(milliseconds: 0)), to: webhook.id, by: ada
        ).commit()
        try check(.failed, 0)
        try check(.pending, 1)
        world.days(40)
        _ = try await world.purge(WebhooksUseCases.deliveryRetention(days: 30))
        try check(nil, 0)
    }

    @Test func `rows from before are counted`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/invitations.sqlite"
        let index = try #require(invitationsMigrations.firstIndex { $0.name == "kept counts" })
        let old = try Database(
            path: path, migrations: Array(invitationsMigrations[..<index]), readers: 0,
            clock: FakeClock())
        try await old.write { tx in
            try tx.execute(
                """
                INSERT INTO invitations (id, entity_id, email, role, status, invited_by, days,
                    expires_at, created_at, email_status)
                VALUES ('i', 'e', 'a@example.com', 'viewer', 'pending', 'u', 7, 0, 0, 'none'),
                    ('j', 'e', 'b@example.com', 'viewer', 'revoked', 'u', 7, 0, 0, 'none')
                """)
            try tx.execute("INSERT INTO workspace_members VALUES ('u', 'w', 'owner', 2)")
            try tx.execute(
                """
                INSERT INTO webhooks (id, owner_id, url, events, is_enabled, created_at)
                VALUES ('w', 'u', 'https://a.example', '["*"]', 1, 0)
                """)
            try tx.execute(
                """
                INSERT INTO deliveries (webhook_id, event_number, event_id, type, subject_id,
                    status, next_at, created_at)
                VALUES ('w', 1, 'a', 't', 's', 'pending', 0, 0),
                    ('w', 2, 'b', 't', 's', 'delivered', NULL, 0),
                    ('w', 3, 'c', 't', 's', 'failed', NULL, 0)
                """)
        }
        old.close()
        let new = try Database(
            path: path, migrations: invitationsMigrations, readers: 0, clock: FakeClock())
        defer { new.close() }
        #expect(try miscounts(new) == [])
        #expect(try kept(new) == 5)
    }
}
