import Contract
import InvitationsContract
import Kernel
import SQLite
import TestSupport
import Testing
import Webhooks
import WriteKit

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

/// One URL receives an event once for each owner.
@Suite struct SameURLTests {
    private let world: World
    private let owner: Caller
    private let entity: String

    init() throws {
        world = try World()
        owner = world.user("owner")
        entity = world.entity(by: owner)
    }

    /// The numbers of pending deliveries by webhook, without zeros.
    private func pending(of owner: Caller) throws -> [String: Int] {
        try world.database.read { reader in
            try reader.rows(
                "SELECT id, waiting FROM webhooks WHERE owner_id = ?1", .text(owner.userId)
            ) { ($0.text(0), Int($0.int(1))) }
        }.reduce(into: [:]) { if $1.1 > 0 { $0[$1.0] = $1.1 } }
    }

    private func pending() throws -> [String: Int] { try pending(of: owner) }

    @Test func `fifty webhooks with spellings of one URL receive an event once`()
        async throws
    {
        let spellings = [
            "http://hub.example/in", "HTTP://hub.example/in", "http://HUB.example/in",
            "http://hub.example:80/in", "http://hub.example/%69n", "http://hub.example/a/../in",
        ]
        var webhooks: [Webhook] = []
        for number in 0..<50 {
            webhooks.append(try await world.webhook(spellings[number % spellings.count], by: owner))
        }
        let other = world.user("other")
        let others = try await world.webhook(spellings[0], by: other)
        try await world.invite("a@example.com", to: entity, by: owner)
        #expect(try pending() == [webhooks[0].id: 1])
        // For another owner it is another event.
        try await world.invite("a@example.com", to: world.entity("B", by: other), by: other)
        #expect(try pending() == [webhooks[0].id: 1])
        #expect(try pending(of: other) == [others.id: 1])
    }

    @Test(arguments: [
        "https://hub.example/in", "http://hub.example:8080/in", "http://hub.example/IN",
        "http://hub.example/in?a", "http://hub.example/in/", "http://hub2.example/in",
    ]) func `a webhook with another URL receives it as well`(url: String) async throws {
        try await world.webhook("http://hub.example/in", by: owner)
        try await world.webhook(url, by: owner)
        try await world.invite("a@example.com", to: entity, by: owner)
        #expect(try pending().count == 2)
    }

    @Test func `the oldest enabled subscribed webhook receives the event`() async throws {
        let deaf = try await world.webhook(events: [InvitationEvents.revoked], by: owner)
        try await world.webhook(isEnabled: false, by: owner)
        let first = try await world.webhook(by: owner)
        try await world.webhook(by: owner)
        let invitation = try await world.invite("a@example.com", to: entity, by: owner)
        #expect(try pending() == [first.id: 1])
        try await world.deliver(first)
        try await world.revoke(invitation, by: owner)
        #expect(try pending() == [deaf.id: 1])
        try await world.webhooks.deleteWebhook(deaf.id, by: owner).commit()
        try await world.invite("b@example.com", to: entity, by: owner)
        #expect(try pending() == [first.id: 1])
    }

    @Test func `a webhook moved to another's URL drops deliveries that are sent there already`()
        async throws
    {
        let stays = try await world.webhook("http://hub.example/", by: owner)
        let moves = try await world.webhook("http://old.example/", by: owner)
        try await world.invite("a@example.com", to: entity, by: owner)
        let off = try WebhookUpdate(
            url: .unchanged, events: .unchanged, isEnabled: .value(false))
        try await world.deliver(stays)
        try await world.invite("b@example.com", to: entity, by: owner)
        try await world.webhooks.updateWebhook(stays.id, off, by: owner).commit()
        // Only the moving webhook has this one.
        try await world.invite("c@example.com", to: entity, by: owner)
        let move = try WebhookUpdate(
            url: .value("HTTP://hub.example:80/"), events: .unchanged, isEnabled: .unchanged)
        try await world.webhooks.updateWebhook(moves.id, move, by: owner).commit()
        let deliveries = try world.deliveries(of: moves, by: owner)
        // Newest first. The second failed at the other webhook when that was disabled.
        #expect(deliveries.map(\.status) == [.pending, .pending, .failed])
        #expect(deliveries.last?.lastError == "another of your webhooks with this URL receives it")
    }

    @Test func `redelivery skips what another webhook with the URL has received`() async throws {
        let first = try await world.webhook(by: owner)
        let second = try await world.webhook(by: owner)
        try await world.invite("a@example.com", to: entity, by: owner)
        try await world.deliver(first)
        let all = Timestamp(milliseconds: 0)
        let again = world.webhooks.redeliverAll(MissedEvents(since: all), to: second.id, by: owner)
        #expect(try await again.commit() == 0)
        try await world.invite("b@example.com", to: entity, by: owner)
        #expect(try await again.commit() == 0)
        try await world.deliver(first, .answered(status: 410, retryAfter: nil))
        #expect(try await again.commit() == 1)
    }

    // MARK: The limit of pending deliveries

    private func setWaiting(_ count: Int, _ webhook: Webhook) async throws {
        _ = try await world.database.write { tx in
            try tx.execute(
                "UPDATE webhooks SET waiting = ?2 WHERE id = ?1", .text(webhook.id), .int(count))
        }
    }

    @Test func `beyond the limit a delivery fails at once and can be redelivered`()
        async throws
    {
        let full = try await world.webhook("http://full.example", by: owner)
        let other = try await world.webhook("http://other.example", by: owner)
        try await setWaiting(WebhookLimits.waiting - 1, full)
        try await world.invite("a@example.com", to: entity, by: owner)
        try await world.invite("b@example.com", to: entity, by: owner)
        let deliveries = try world.deliveries(of: full, by: owner)
        #expect(deliveries.map(\.status) == [.failed, .pending])
        #expect(
            deliveries.first?.lastError
                == "\(WebhookLimits.waiting) deliveries of the webhook were pending already")
        #expect(deliveries.first?.nextAt == nil && deliveries.first?.attempts == 0)
        #expect(try world.deliveries(of: other, by: owner).allSatisfy { $0.status == .pending })
        // Neither creates another one.
        let missed = try #require(deliveries.first)
        await #expect(throws: Fault(WebhookProblems.tooManyDeliveries)) {
            try await world.webhooks.redeliver(missed.eventId, to: full.id, by: owner).commit()
        }
        let all = world.webhooks.redeliverAll(
            MissedEvents(since: Timestamp(milliseconds: 0)), to: full.id, by: owner)
        #expect(try await all.commit() == 0)
        try await world.deliver(full)
        #expect(try await all.commit() == 1)
        #expect(try await world.deliver(full).map(\.id) == [missed.eventId])
    }

    @Test func `missed events are queued oldest first as far as there is room`()
        async throws
    {
        let webhook = try await world.webhook(by: owner)
        for number in 0..<4 {
            try await world.invite("a\(number)@example.com", to: entity, by: owner)
        }
        try await world.deliver(webhook, .answered(status: 410, retryAfter: nil))
        let on = try WebhookUpdate(url: .unchanged, events: .unchanged, isEnabled: .value(true))
        try await world.webhooks.updateWebhook(webhook.id, on, by: owner).commit()
        try await setWaiting(WebhookLimits.waiting - 3, webhook)
        let all = world.webhooks.redeliverAll(
            MissedEvents(since: Timestamp(milliseconds: 0)), to: webhook.id, by: owner)
        #expect(try await all.commit() == 3)
        #expect(try world.places(of: try await world.deliver(webhook)) == [1, 2, 3])
        #expect(try await all.commit() == 1)
    }

    /// The counter always equals the number of rows.
    @Test(arguments: 1...3 as ClosedRange<UInt64>)
    func `pending deliveries are counted`(seed: UInt64) async throws {
        let random = SeededRandom(seed: seed)
        var webhooks: [Webhook] = []
        for number in 0..<3 {
            webhooks.append(try await world.webhook("http://h\(number).example", by: owner))
        }
        for step in 0..<60 {
            let webhook = webhooks[random.below(3)]
            switch random.below(7) {
            case 0, 1: try await world.invite("a\(step)@example.com", to: entity, by: owner)
            case 2: try await world.deliver(webhook)
            case 3: try await world.deliver(webhook, .failed(reason: "no"))
            case 4:
                let change = try WebhookUpdate(
                    url: .value("http://hub.example/\(random.below(2))"), events: .unchanged,
                    isEnabled: .value(random.below(2) == 0))
                try await world.webhooks.updateWebhook(webhook.id, change, by: owner).commit()
            case 5:
                _ = try? await world.webhooks.redeliverAll(
                    MissedEvents(since: Timestamp(milliseconds: 0)), to: webhook.id, by: owner
                ).commit()
            default: world.later(Int64(random.below(100_000)))
            }
            let wrong = try world.database.read { reader in
                try reader.rows(
                    """
                    SELECT w.id FROM webhooks w INDEXED BY webhooks_of_owner
                    WHERE w.owner_id = ?1 AND w.waiting <> (
                        SELECT count(*) FROM deliveries d
                        WHERE d.webhook_id = w.id AND d.status = 'pending')
                    """, .text(owner.userId)
                ) { $0.text(0) }
            }
            #expect(wrong.isEmpty, "step \(step), seed \(seed)")
        }
    }

    @Test func `pending deliveries of an older database are counted`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/old.sqlite"
        let before = invitationsMigrations.prefix { $0.name != "deliveries that wait" }
        let open = { (migrations: [Migration]) in
            try Database(path: path, migrations: migrations, readers: 0, clock: FakeClock())
        }
        let old = try open(Array(before))
        try await old.write { tx in
            try tx.execute(
                """
                INSERT INTO webhooks (id, owner_id, url, events, is_enabled, created_at)
                VALUES ('whk_1', 'usr_1', 'http://a.example', '["*"]', 1, 0)
                """)
            for (number, isPending) in [true, true, false].enumerated() {
                try tx.execute(
                    """
                    INSERT INTO deliveries (webhook_id, event_number, event_id, type, subject_id,
                        status, next_at, created_at)
                    VALUES ('whk_1', ?1, 'e', 't', 's', ?2, ?3, 0)
                    """, .int(number), .text(isPending ? "pending" : "failed"),
                    .int(isPending ? Int64(0) : nil))
            }
        }
        old.close()
        let new = try open(invitationsMigrations)
        defer { new.close() }
        let waiting = try new.read {
            try $0.row("SELECT waiting FROM webhooks WHERE id = 'whk_1'") { $0.int(0) }
        }
        #expect(waiting == 2)
    }

    // MARK: Deleting

    @Test func `a deleted webhook disappears at once, its deliveries soon after`() async throws {
        let webhook = try await world.webhook(by: owner)
        for number in 0..<5 {
            try await world.invite("a\(number)@example.com", to: entity, by: owner)
        }
        try await world.webhooks.deleteWebhook(webhook.id, by: owner).commit()
        #expect(try world.database.read { try DeliveryStore.backlogs(in: $0) }.isEmpty)
        #expect(try world.webhooks.dueDeliveries(at: webhook.id, limit: 9) == nil)
        var rounds = 0
        while try await world.webhooks.purgeWebhooks(limit: 2) { rounds += 1 }
        #expect(rounds == 3)
        let left = try world.database.read {
            try $0.rows(
                "SELECT event_number FROM deliveries WHERE webhook_id = ?1", .text(webhook.id)
            ) { $0.int(0) }
        }
        #expect(left.isEmpty)
    }
}
