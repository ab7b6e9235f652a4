import InvitationsContract
import Kernel
import SQLite
import TestSupport
import Testing
import Webhooks

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

/// What is stored of a delivery's latest attempt.
@Suite struct AttemptTests {
    private let world: World
    private let owner: Caller
    private let entity: String
    private let refusal = WebhookResponse(
        status: 500, headers: [WebhookResponse.Header("content-type", "text/\"plain\", \u{E4}")],
        body: [0x61, 0x00, 0xFF], isTruncated: true)

    init() throws {
        world = try World()
        owner = world.user("owner")
        entity = world.entity(by: owner)
    }

    private func details(_ webhook: Webhook) throws -> DeliveryDetails {
        let delivery = try #require(try world.deliveries(of: webhook, by: owner).first)
        return try world.webhooks.getDelivery(
            of: delivery.eventId, to: webhook.id, by: owner)
    }

    private func rows() throws -> Int {
        try world.database.dump(of: "delivery_attempts").count
    }

    @Test func `the latest attempt replaces the one before`() async throws {
        let webhook = try await world.webhook("https://hooks.example/in?key=1", by: owner)
        try await world.invite("a@example.com", to: entity, by: owner)
        #expect(try details(webhook).attempt == nil)
        let first = world.attempt(at: webhook, returning: refusal)
        try await world.deliver(
            webhook, .answered(status: 500, retryAfter: nil), returning: refusal)
        #expect(try details(webhook).attempt == first)
        #expect(first.url == "https://hooks.example/in?key=1")
        world.days(1)
        try await world.deliver(webhook, .failed(reason: "no"))
        let second = try details(webhook)
        #expect(second.attempt == world.attempt(at: webhook))
        #expect(second.delivery.attempts == 2 && second.delivery.lastError == "no")
        world.days(1)
        let success = WebhookResponse(status: 204)
        try await world.deliver(webhook, returning: success)
        let third = try details(webhook)
        #expect(third.attempt?.response == success && third.delivery.status == .delivered)
        #expect(try rows() == 1)
    }

    @Test func `what was not tried changes nothing`() async throws {
        let webhook = try await world.webhook(by: owner)
        try await world.invite("a@example.com", to: entity, by: owner)
        try await world.deliver(webhook, .notTried(reason: "busy"))
        #expect(try details(webhook).attempt == nil)
        world.days(1)
        let first = world.attempt(at: webhook, returning: refusal)
        try await world.deliver(
            webhook, .answered(status: 500, retryAfter: nil), returning: refusal)
        world.days(1)
        try await world.deliver(webhook, .notTried(reason: "busy"))
        #expect(try details(webhook).attempt == first)
    }

    @Test func `a redelivered event keeps the attempt until the next one`() async throws {
        let webhook = try await world.webhook(by: owner)
        try await world.invite("a@example.com", to: entity, by: owner)
        try await world.deliver(webhook, returning: WebhookResponse(status: 204))
        let former = try details(webhook)
        world.later()
        try await world.webhooks.redeliver(
            former.delivery.eventId, to: webhook.id, by: owner
        ).commit()
        #expect(try details(webhook).attempt == former.attempt)
        try await world.deliver(
            webhook, .answered(status: 500, retryAfter: nil), returning: refusal)
        #expect(try details(webhook).attempt?.response == refusal)
    }

    @Test func `an attempt at a former URL is not stored`() async throws {
        let webhook = try await world.webhook(by: owner)
        try await world.invite("a@example.com", to: entity, by: owner)
        let batch = try #require(try world.webhooks.dueDeliveries(at: webhook.id, limit: 9))
        let move = try WebhookUpdate(
            url: .value("https://new.example"), events: .unchanged, isEnabled: .unchanged)
        try await world.webhooks.updateWebhook(webhook.id, move, by: owner).commit()
        let recorded = try await world.webhooks.record(
            .answered(status: 500, retryAfter: nil),
            world.attempt(at: batch.webhook, returning: refusal), of: batch.due[0].delivery,
            to: batch.webhook, DeliverySchedule(), chance: 0)
        #expect(recorded == nil)
        #expect(try details(webhook).attempt == nil)
    }

    @Test func `attempts are deleted with their deliveries`() async throws {
        let (kept, other) = (
            try await world.webhook(by: owner),
            try await world.webhook("https://other.example", by: owner)
        )
        try await world.invite("a@example.com", to: entity, by: owner)
        try await world.deliver(kept, returning: refusal)
        try await world.deliver(other, returning: refusal)
        #expect(try rows() == 2)
        try await world.webhooks.deleteWebhook(other.id, by: owner).commit()
        while try await world.webhooks.purgeWebhooks() {}
        #expect(try rows() == 1)
        #expect(try details(kept).attempt != nil)
        world.days(31)
        #expect(try await world.purge(WebhooksUseCases.deliveryRetention(days: 30)) == 1)
        #expect(try rows() == 0)
    }

    @Test func `only the webhook's owner sees a delivery, and only at its webhook`() async throws {
        let webhook = try await world.webhook(by: owner)
        let other = try await world.webhook(
            "https://other.example", events: [InvitationEvents.revoked], by: owner)
        try await world.invite("a@example.com", to: entity, by: owner)
        try await world.deliver(webhook, returning: refusal)
        let event = try details(webhook).event.id
        for (event, place, caller) in [
            (event, webhook.id, world.user("stranger")), (event, other.id, owner),
            ("evt_01JHMZ0000000000000000000A", webhook.id, owner), ("x", webhook.id, owner),
            (event, "x", owner),
        ] {
            let refused = fault {
                _ = try world.webhooks.getDelivery(of: event, to: place, by: caller)
            }
            #expect(refused?.code == "not_found", "\(event) \(place)")
        }
    }

    @Test func `the limit is the documented one`() {
        #expect(WebhookLimits.responseBytes == WebhookResponse.maximumBody)
    }

    @Test func `deliveries of an older database have no attempt until the next one`()
        async throws
    {
        let folder = try TemporaryFolder()
        let path = folder.path + "/old.sqlite"
        let before = invitationsMigrations.prefix { $0.name != "attempts of deliveries" }
        let old = try Database(
            path: path, migrations: Array(before), readers: 0, clock: FakeClock())
        try await old.write { tx in
            try tx.execute(
                """
                INSERT INTO webhooks (id, owner_id, url, events, is_enabled, created_at)
                VALUES ('whk_1', 'usr_1', 'http://a.example', '["*"]', 1, 0)
                """)
            try tx.execute(
                """
                INSERT INTO deliveries (webhook_id, event_number, event_id, type, subject_id,
                    status, attempts, last_status, created_at)
                VALUES ('whk_1', 1, 'evt_1', 't', 's', 'failed', 3, 500, 0)
                """)
        }
        old.close()
        let new = try Database(
            path: path, migrations: invitationsMigrations, readers: 0, clock: FakeClock())
        defer { new.close() }
        let delivery = try #require(try new.read { try DeliveryStore.find(1, at: "whk_1", in: $0) })
        #expect(delivery.attempts == 3)
        #expect(try new.read { try AttemptStore.find(of: delivery, in: $0) } == nil)
        let attempt = DeliveryAttempt(
            url: "http://a.example", at: Timestamp(milliseconds: 5), milliseconds: 1,
            response: refusal)
        try await new.write { try AttemptStore.set(attempt, of: delivery, in: $0) }
        #expect(try new.read { try AttemptStore.find(of: delivery, in: $0) } == attempt)
    }

    /// Half a response is a mistake of ours.
    @Test func `a response is stored with all of its parts, or not at all`() async throws {
        let half = try await world.violation { tx in
            try tx.execute(
                """
                INSERT INTO delivery_attempts (webhook_id, event_number, url, sent_at, duration,
                    status, body)
                VALUES ('whk_1', 1, 'u', 0, 0, 500, x'00')
                """)
        }
        #expect(half != nil)
    }
}
