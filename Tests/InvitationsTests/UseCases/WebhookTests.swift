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

@Suite struct WebhookTests {
    private let world: World
    private let owner: Caller

    init() throws {
        world = try World()
        owner = world.user("owner")
    }

    private func code(_ body: () async throws -> Void) async -> String? {
        await fault(body)?.code
    }

    @Test func `webhooks are listed newest first, to their owner only`() async throws {
        let first = try await world.webhook(by: owner)
        let second = try await world.webhook("https://other.example", by: owner)
        #expect(try world.webhooks.listWebhooks(PageRequest(), by: owner).items == [second, first])
        let stranger = world.user("stranger")
        #expect(try world.webhooks.listWebhooks(PageRequest(), by: stranger).total == 0)
        for attempt: () async throws -> Void in [
            { _ = try world.webhooks.getWebhook(first.id, by: stranger) },
            { try await world.webhooks.deleteWebhook(first.id, by: stranger).commit() },
            { try await world.webhooks.rotateSecret(of: first.id, by: stranger).commit() },
            { try await world.webhooks.testWebhook(first.id, by: stranger).commit() },
            { _ = try world.deliveries(of: first, by: stranger) },
            {
                try await world.webhooks.redeliverAll(
                    MissedEvents(since: Timestamp(milliseconds: 0)), to: first.id, by: stranger
                ).commit()
            },
        ] { #expect(await code(attempt) == "not_found") }
    }

    @Test func `a user can have fifty webhooks, even with concurrent requests`() async throws {
        for number in 0..<45 { try await world.webhook("https://a.example/\(number)", by: owner) }
        let made = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<10 {
                group.addTask { [world, owner] in
                    (try? await world.webhook("https://b.example/\(number)", by: owner)) != nil
                }
            }
            var count = 0
            for await isMade in group where isMade { count += 1 }
            return count
        }
        #expect(made == 5)
        #expect(await code { try await world.webhook(by: owner) } == "too_many_webhooks")
    }

    @Test func `a webhook can't be created with or moved to a forbidden URL`() async throws {
        #expect(
            await code { try await world.webhook("http://private.example", by: owner) }
                == "validation_failed")
        let webhook = try await world.webhook(by: owner)
        let move = try WebhookUpdate(
            url: .value("http://private.example"), events: .unchanged, isEnabled: .unchanged)
        #expect(
            await code {
                try await world.webhooks.updateWebhook(webhook.id, move, by: owner).commit()
            } == "validation_failed")
        #expect(try world.webhooks.getWebhook(webhook.id, by: owner) == webhook)
    }

    // MARK: Secrets

    private func sealed(_ webhook: Webhook) throws -> [[UInt8]] {
        let now = world.clock.now()
        return try world.database.read {
            try WebhookStore.secrets(webhook.id, at: now, in: $0)
        }
    }

    private func secrets(_ webhook: Webhook) throws -> [WebhookSecret] {
        world.webhooks.vault.open(try sealed(webhook), of: webhook.id)
    }

    @Test func `secrets replaced within a day stay valid, up to five`() async throws {
        let webhook = try await world.webhook(by: owner)
        for count in 2...5 {
            try await world.webhooks.rotateSecret(of: webhook.id, by: owner).commit()
            #expect(try secrets(webhook).count == count)
        }
        let rotate: () async throws -> Void = {
            try await world.webhooks.rotateSecret(of: webhook.id, by: owner).commit()
        }
        #expect(await code(rotate) == "too_many_rotations")
        world.days(1)
        #expect(try secrets(webhook).count == 1)
        #expect(await code(rotate) == nil)
    }

    @Test func `after rotation both secrets are valid for a day, then only the new one`()
        async throws
    {
        let draft = try WebhookDraft(
            in: .own(userId: owner.userId), url: "https://a.example", events: nil, isEnabled: nil)
        let made = try await world.webhooks.createWebhook(draft, by: owner).commit()
        #expect(try secrets(made.webhook) == [made.secret])
        let rotated = try await world.webhooks.rotateSecret(of: made.webhook.id, by: owner).commit()
        #expect(try secrets(made.webhook) == [rotated.secret, made.secret])
        world.clock.advance(seconds: 24 * 3_600 - 1)
        #expect(try secrets(made.webhook).count == 2)
        world.later()
        #expect(try secrets(made.webhook) == [rotated.secret])
    }

    @Test func `secrets are stored encrypted, each for its own webhook`()
        async throws
    {
        let draft = try WebhookDraft(
            in: .own(userId: owner.userId), url: "https://a.example", events: nil, isEnabled: nil)
        let made = try await world.webhooks.createWebhook(draft, by: owner).commit()
        let sealed = try sealed(made.webhook)
        #expect(sealed.count == 1 && !sealed[0].contains(made.secret.key))
        let other = try await world.webhook(by: owner)
        #expect(world.webhooks.vault.open(sealed, of: other.id).isEmpty)
    }

    // MARK: Audit

    @Test func `every change is audited, without the URL's path and the secret`() async throws {
        let webhook = try await world.webhook("https://a.example/hidden?token=hidden", by: owner)
        let disable = try WebhookUpdate(
            url: .unchanged, events: .unchanged, isEnabled: .value(false))
        try await world.webhooks.updateWebhook(webhook.id, disable, by: owner).commit()
        // Nothing changed, so nothing is audited.
        try await world.webhooks.updateWebhook(webhook.id, disable, by: owner).commit()
        try await world.webhooks.rotateSecret(of: webhook.id, by: owner).commit()
        try await world.webhooks.deleteWebhook(webhook.id, by: owner).commit()
        let entries = try world.context.auditTail(.init(filter: .init(), limit: 100)).entries
        #expect(
            entries.map(\.action) == [
                "webhook.deleted", "webhook.secret_rotated", "webhook.changed", "webhook.created",
            ])
        #expect(!"\(entries)".contains("hidden"))
    }

    @Test func `deleting a user deletes their webhooks, and events are no longer theirs`()
        async throws
    {
        let entity = world.entity(by: owner)
        let webhook = try await world.webhook(by: owner)
        try await world.invite("a@example.com", to: entity, by: owner)
        _ = try await world.context.onUserDeleted(
            owner.userId, by: world.user("admin"), eventId: "evt_1")
        try await world.finishJobs()
        while try await world.database.write({ try WebhookStore.purge(limit: 1, in: $0) }) {}
        let left = try world.database.read { reader in
            try reader.row(
                """
                SELECT (SELECT count(*) FROM webhooks WHERE owner_id = ?1)
                    + (SELECT count(*) FROM events WHERE recipient = ?1)
                    + (SELECT count(*) FROM deliveries WHERE webhook_id = ?2)
                    + (SELECT count(*) FROM webhook_secrets WHERE webhook_id = ?2)
                """, .text(owner.userId), .text(webhook.id)
            ) { Int($0.int(0)) }
        }
        #expect(left == 0)
        #expect(await code { try await world.webhook(by: owner) } != nil)
    }
}
