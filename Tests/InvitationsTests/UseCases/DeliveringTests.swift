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

/// Due deliveries, their order, and the results of attempts.
@Suite struct DeliveringTests {
    private let world: World
    private let owner: Caller
    private let entity: String

    init() throws {
        world = try World()
        owner = world.user("owner")
        entity = world.entity(by: owner)
    }

    private func types(_ events: [PublicEvent]) -> [String] { events.map(\.type) }

    @Test func `an event is due at once at every subscribed webhook`() async throws {
        let all = try await world.webhook(by: owner)
        let some = try await world.webhook(
            "https://hooks.example/some", events: [InvitationEvents.revoked], by: owner)
        try await world.webhook(isEnabled: false, by: owner)
        let other = try await world.webhook(by: world.user("other"))
        let invitation = try await world.invite("a@example.com", to: entity, by: owner)
        try await world.revoke(invitation, by: owner)
        #expect(types(try await world.deliver(all)) == ["invitation.sent", "invitation.revoked"])
        #expect(types(try await world.deliver(some)) == ["invitation.revoked"])
        #expect(try await world.deliver(other).isEmpty)
        #expect(try world.database.read { try DeliveryStore.backlogs(in: $0) }.isEmpty)
        let delivered = try world.deliveries(of: all, by: owner)
        #expect(delivered.allSatisfy { $0.status == .delivered && $0.attempts == 1 })
    }

    @Test func `a webhook that received an event does not get it again`()
        async throws
    {
        let takes = try await world.webhook("https://takes.example", by: owner)
        let fails = try await world.webhook("https://fails.example", by: owner)
        try await world.invite("a@example.com", to: entity, by: owner)
        #expect(try await world.deliver(takes).count == 1)
        #expect(try await world.deliver(fails, .failed(reason: "no")).count == 1)
        for _ in 0..<3 {
            world.days(1)
            #expect(try await world.deliver(takes).isEmpty)
            #expect(try await world.deliver(fails, .failed(reason: "no")).count == 1)
        }
        #expect(try world.deliveries(of: takes, by: owner).map(\.attempts) == [1])
        #expect(try world.deliveries(of: fails, by: owner).map(\.attempts) == [4])
        #expect(try world.webhooks.getWebhook(takes.id, by: owner).failingSince == nil)
        #expect(try world.webhooks.getWebhook(fails.id, by: owner).failingSince != nil)
    }

    @Test func `failed attempts follow the retry schedule until the delivery fails`() async throws {
        let webhook = try await world.webhook(by: owner)
        try await world.invite("a@example.com", to: entity, by: owner)
        let schedule = DeliverySchedule(seconds: [5, 60])
        let no = DeliveryOutcome.failed(reason: "no")
        #expect(try await world.deliver(webhook, no, schedule).count == 1)
        world.later(4)
        #expect(try await world.deliver(webhook, no, schedule).isEmpty)
        world.later()
        #expect(try await world.deliver(webhook, no, schedule).count == 1)
        world.later(60)
        #expect(try await world.deliver(webhook, no, schedule).count == 1)
        let delivery = try #require(try world.deliveries(of: webhook, by: owner).first)
        #expect(delivery.status == .failed)
        #expect(delivery.attempts == 3)
        #expect(delivery.lastError == "no")
        world.days(10)
        #expect(try await world.deliver(webhook, no, schedule).isEmpty)
    }

    // MARK: Order

    @Test func `while an event waits for a retry later ones of its entity wait, others don't`()
        async throws
    {
        let webhook = try await world.webhook(by: owner)
        let other = world.entity("Other", by: owner)
        let invitation = try await world.invite("a@example.com", to: entity, by: owner)
        try await world.deliver(webhook, .failed(reason: "no"))
        // One created while the first waits, and one of another entity.
        try await world.revoke(invitation, by: owner)
        try await world.invite("a@example.com", to: other, by: owner)
        let early = try await world.deliver(webhook)
        #expect(early.map(\.line) == [other])
        world.later(5)
        let late = try await world.deliver(webhook)
        #expect(types(late) == ["invitation.sent", "invitation.revoked"])
        #expect(try world.places(of: late) == [1, 2])
    }

    @Test func `deliveries due together wait together`() async throws {
        let webhook = try await world.webhook(by: owner)
        let invitation = try await world.invite("a@example.com", to: entity, by: owner)
        try await world.revoke(invitation, by: owner)
        let batch = try #require(try world.webhooks.dueDeliveries(at: webhook.id, limit: 100))
        _ = try await world.webhooks.record(
            .failed(reason: "no"), world.attempt(at: webhook), of: batch.due[0].delivery,
            to: webhook, DeliverySchedule(), chance: 0)
        #expect(try await world.deliver(webhook).isEmpty)
        world.later(5)
        #expect(try world.places(of: try await world.deliver(webhook)) == [1, 2])
    }

    @Test(arguments: [(2, false), (3, true)])
    func `after a third failure later events are sent without it, and not before`(
        failures: Int, isSent: Bool
    ) async throws {
        let webhook = try await world.webhook(by: owner)
        let invitation = try await world.invite("a@example.com", to: entity, by: owner)
        for _ in 0..<failures {
            try await world.deliver(webhook, .failed(reason: "no"))
            world.later(600)
        }
        world.clock.advance(seconds: -600)
        try await world.revoke(invitation, by: owner)
        let sent = types(try await world.deliver(webhook))
        #expect(sent == (isSent ? ["invitation.revoked"] : []))
    }

    // MARK: Disabled by us

    @Test func `410 disables a webhook at once, and its owner gets one e-mail`() async throws {
        let webhook = try await world.webhook(by: owner)
        let invitation = try await world.invite("a@example.com", to: entity, by: owner)
        try await world.deliver(webhook, .answered(status: 410, retryAfter: nil))
        let disabled = try world.webhooks.getWebhook(webhook.id, by: owner)
        #expect(!disabled.isEnabled)
        #expect(disabled.disabledReason == .gone)
        // It doesn't receive later events.
        try await world.revoke(invitation, by: owner)
        #expect(try world.deliveries(of: webhook, by: owner).map(\.status) == [.failed])
        try await world.webhooks.sendNotices()
        try await world.webhooks.sendNotices()
        let due = try world.database.read { try WebhookStore.noticesDue(limit: 9, in: $0) }
        #expect(due.isEmpty)
        #expect(try world.mailsAbout(webhook.id) == 1)
    }

    @Test func `five days without a success disable a webhook, a success in between does not`()
        async throws
    {
        let webhook = try await world.webhook(by: owner)
        let schedule = DeliverySchedule(seconds: Array(repeating: 86_400, count: 30))
        try await world.invite("a@example.com", to: entity, by: owner)
        try await world.deliver(webhook, .failed(reason: "no"), schedule)
        world.days(4)
        try await world.deliver(webhook)
        try await world.invite("b@example.com", to: entity, by: owner)
        try await world.deliver(webhook, .failed(reason: "no"), schedule)
        for _ in 0..<4 {
            world.days(1)
            try await world.deliver(webhook, .failed(reason: "no"), schedule)
            #expect(try world.webhooks.getWebhook(webhook.id, by: owner).isEnabled)
        }
        world.days(1)
        try await world.deliver(webhook, .failed(reason: "no"), schedule)
        let disabled = try world.webhooks.getWebhook(webhook.id, by: owner)
        #expect(disabled.disabledReason == .failing)
        let last = try #require(try world.deliveries(of: webhook, by: owner).first)
        #expect(last.status == .failed)
    }

    @Test func `the result of an attempt does not override a change made during it`()
        async throws
    {
        let webhook = try await world.webhook(by: owner)
        try await world.invite("a@example.com", to: entity, by: owner)
        let batch = try #require(try world.webhooks.dueDeliveries(at: webhook.id, limit: 1))
        let disable = try WebhookUpdate(
            url: .unchanged, events: .unchanged, isEnabled: .value(false))
        try await world.webhooks.updateWebhook(webhook.id, disable, by: owner).commit()
        #expect(try !world.webhooks.isCurrent(batch.webhook))
        let recorded = try await world.webhooks.record(
            .answered(status: 204, retryAfter: nil), world.attempt(at: batch.webhook),
            of: batch.due[0].delivery, to: batch.webhook, DeliverySchedule(), chance: 0)
        #expect(recorded == nil)
        let delivery = try #require(try world.deliveries(of: webhook, by: owner).first)
        #expect(delivery.status == .failed)
        #expect(delivery.lastError == "the webhook was disabled")
    }

    // MARK: Redelivery

    @Test func `a redelivered event has the same id`() async throws {
        let webhook = try await world.webhook(by: owner)
        try await world.invite("a@example.com", to: entity, by: owner)
        let first = try await world.deliver(webhook)
        try await world.webhooks.redeliver(first[0].id, to: webhook.id, by: owner).commit()
        let second = try await world.deliver(webhook)
        #expect(second == first)
        #expect(try world.deliveries(of: webhook, by: owner).map(\.attempts) == [2])
        await #expect(throws: Fault.notFound) {
            try await world.webhooks.redeliver("evt_nothing", to: webhook.id, by: owner).commit()
        }
    }

    @Test func `redelivering since a time skips delivered events`() async throws {
        let webhook = try await world.webhook(events: [InvitationEvents.sent], by: owner)
        try await world.invite("old@example.com", to: entity, by: owner)
        try await world.deliver(webhook, .answered(status: 410, retryAfter: nil))
        world.later(100)
        let since = world.clock.now()
        // Missed while it was disabled; it doesn't subscribe to the second's type.
        let missed = try await world.invite("a@example.com", to: entity, by: owner)
        try await world.revoke(missed, by: owner)
        let enable = try WebhookUpdate(
            url: .unchanged, events: .unchanged, isEnabled: .value(true))
        try await world.webhooks.updateWebhook(webhook.id, enable, by: owner).commit()
        try await world.invite("taken@example.com", to: entity, by: owner)
        try await world.deliver(webhook)
        let again = world.webhooks.redeliverAll(
            MissedEvents(since: since), to: webhook.id, by: owner)
        #expect(try await again.commit() == 1)
        #expect(try world.places(of: try await world.deliver(webhook)) == [2])
        // The second time nothing is missing.
        #expect(try await again.commit() == 0)
        let all = world.webhooks.redeliverAll(
            MissedEvents(since: Timestamp(milliseconds: 0)), to: webhook.id, by: owner)
        #expect(try await all.commit() == 1)
        #expect(try world.places(of: try await world.deliver(webhook)) == [1])
    }

    @Test func `a disabled webhook receives no events but tests, one at a time`()
        async throws
    {
        let webhook = try await world.webhook(by: owner)
        try await world.invite("a@example.com", to: entity, by: owner)
        let event = try #require(try await world.deliver(webhook).first)
        let disable = try WebhookUpdate(
            url: .unchanged, events: .unchanged, isEnabled: .value(false))
        try await world.webhooks.updateWebhook(webhook.id, disable, by: owner).commit()
        for change in [
            { try await world.webhooks.redeliver(event.id, to: webhook.id, by: owner).commit() }
        ] { await #expect(throws: Fault(WebhookProblems.disabled)) { _ = try await change() } }
        await #expect(throws: Fault(WebhookProblems.disabled)) {
            try await world.webhooks.redeliverAll(
                MissedEvents(since: Timestamp(milliseconds: 0)), to: webhook.id, by: owner
            ).commit()
        }
        try await world.webhooks.testWebhook(webhook.id, by: owner).commit()
        await #expect(throws: Fault(WebhookProblems.testPending)) {
            try await world.webhooks.testWebhook(webhook.id, by: owner).commit()
        }
    }

    @Test func `a failure at a former URL does not count against the new one`() async throws {
        let webhook = try await world.webhook(by: owner)
        try await world.invite("a@example.com", to: entity, by: owner)
        try await world.deliver(webhook, .failed(reason: "no"))
        world.later(5)
        let batch = try #require(try world.webhooks.dueDeliveries(at: webhook.id, limit: 9))
        let move = try WebhookUpdate(
            url: .value("https://new.example"), events: .unchanged, isEnabled: .unchanged)
        try await world.webhooks.updateWebhook(webhook.id, move, by: owner).commit()
        let recorded = try await world.webhooks.record(
            .answered(status: 410, retryAfter: nil), world.attempt(at: batch.webhook),
            of: batch.due[0].delivery, to: batch.webhook, DeliverySchedule(), chance: 0)
        #expect(recorded == nil)
        let moved = try world.webhooks.getWebhook(webhook.id, by: owner)
        #expect(moved.isEnabled && moved.failingSince == nil)
        // It is due at once.
        #expect(try await world.deliver(moved).count == 1)
    }

    @Test func `a clock that was set back does not delay new deliveries`() async throws {
        let webhook = try await world.webhook(by: owner)
        world.clock.advance(seconds: 3_600)
        try await world.invite("a@example.com", to: entity, by: owner)
        world.clock.advance(seconds: -3_600)
        #expect(try await world.deliver(webhook).count == 1)
    }

    @Test func `a test event is sent to one webhook, even if it is disabled`() async throws {
        let webhook = try await world.webhook(isEnabled: false, by: owner)
        let other = try await world.webhook(by: owner)
        try await world.webhooks.testWebhook(webhook.id, by: owner).commit()
        #expect(types(try await world.deliver(webhook)) == ["webhook.test"])
        #expect(try await world.deliver(other).isEmpty)
    }

    @Test func `a test can be an example of any type, whatever the webhook subscribes to`()
        async throws
    {
        let webhook = try await world.webhook(events: [InvitationEvents.sent], by: owner)
        for notice in EventCatalog.notices {
            try await world.webhooks.testWebhook(webhook.id, notice.type, by: owner).commit()
            // One at a time, whatever its subject is.
            await #expect(throws: Fault(WebhookProblems.testPending)) {
                try await world.webhooks.testWebhook(webhook.id, by: owner).commit()
            }
            let event = try #require(try await world.deliver(webhook).first)
            #expect(event.type == notice.type && event.subject == notice.subject)
            #expect(event.parent == notice.parent && event.data.hasPrefix("{\""))
        }
        #expect(throws: Fault.self) {
            try world.webhooks.testWebhook(webhook.id, "share.eaten", by: owner)
        }
        // Nothing has happened: no feed has it.
        #expect(try await world.feed(by: owner).events.map(\.type) == ["webhook.created"])
    }

    // MARK: The feed

    @Test func `each user has a feed of their own, in pages without gaps`() async throws {
        let other = world.user("other")
        let others = world.entity("Theirs", by: other)
        for number in 0..<5 {
            try await world.invite("a\(number)@example.com", to: entity, by: owner)
            try await world.invite("a\(number)@example.com", to: others, by: other)
        }
        var (after, seen) = (0, [Int]())
        var hasMore = true
        while hasMore {
            let page = try await world.feed(after: after, limit: 2, by: owner)
            seen += page.events.map(\.number)
            #expect(page.events.allSatisfy { $0.line == entity })
            after = page.next
            hasMore = page.hasMore
        }
        #expect(try seen == world.numbers { $0.owner == owner.userId })
        #expect(seen.count == 5)
        #expect(try await world.feed(after: after, limit: 2, by: owner).events.isEmpty)
    }

    @Test func `deliveries are deleted after thirty days, and events stay`() async throws {
        let deliveries = WebhooksUseCases.deliveryRetention(days: 30)
        let webhook = try await world.webhook(by: owner)
        try await world.invite("a@example.com", to: entity, by: owner)
        try await world.deliver(webhook)
        world.days(30)
        #expect(try await world.purge(deliveries) == 0)
        world.later()
        #expect(try await world.purge(deliveries) == 1)
        #expect(try world.deliveries(of: webhook, by: owner).isEmpty)
        try await world.invite("b@example.com", to: entity, by: owner)
        #expect(try await world.purge(deliveries) == 0)
        #expect(try world.deliveries(of: webhook, by: owner).count == 1)
        #expect(try await world.feed(type: "invitation.*", by: owner).events.count == 2)
    }

    @Test func `the entity's owner at that moment receives the event`() async throws {
        let heir = world.user("heir")
        let former = try await world.webhook(by: owner)
        let new = try await world.webhook(by: heir)
        let invitation = try await world.invite("a@example.com", to: entity, by: owner)
        world.entities.handOver(entity, to: heir.userId, at: world.clock.now())
        try await world.revoke(invitation, by: heir)
        #expect(types(try await world.deliver(former)) == ["invitation.sent"])
        #expect(types(try await world.deliver(new)) == ["invitation.revoked"])
    }
}
