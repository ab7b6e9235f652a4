import InvitationsContract
import Kernel
import SQLite
import Webhooks
import WriteKit

/// Webhooks are their owner's alone: for everybody else they do not exist.
extension InvitationsUseCases {
    func createWebhook(
        _ draft: WebhookDraft, by caller: Caller
    ) -> PendingWrite<Void, (webhook: Webhook, secret: WebhookSecret)> {
        let id = ids.make("whk_")
        let secret = WebhookSecret.make(random)
        // Any user can.
        let admit: Admission<Void> = { try Tombstone.check(caller, in: $0) }
        return PendingWrite(
            in: database, committed: wrote, admit: admit,
            asking: { [targets] in
                try await targets.check(draft.url, for: caller.userId, pointer: "/url")
            }
        ) { [self] tx, _, _ in
            guard try WebhookStore.count(of: caller.userId, in: tx) < WebhookLimits.perUser else {
                throw Fault(WebhookProblems.tooMany)
            }
            let webhook = Webhook(
                id: id, ownerId: caller.userId, url: draft.url, events: draft.events,
                isEnabled: draft.isEnabled, createdAt: tx.now)
            try WebhookStore.insert(webhook, secret: vault.seal(secret, of: id), in: tx)
            try audit.record(.created(webhook), by: caller, in: tx)
            return (webhook, secret)
        }
    }

    func listWebhooks(_ page: PageRequest, by caller: Caller) throws -> Page<Webhook> {
        try database.read { try WebhookStore.page(of: caller.userId, page, in: $0) }
    }

    func getWebhook(_ id: String, by caller: Caller) throws -> Webhook {
        try database.read { try Self.webhook(id, of: caller, in: $0) }
    }

    func changeWebhook(
        _ id: String, _ wish: WebhookUpdate, by caller: Caller
    ) -> PendingWrite<Webhook, Webhook> {
        PendingWrite(
            in: database, committed: wrote, admit: admission(of: caller, toWebhook: id),
            asking: { [targets] _ in
                guard let url = wish.url else { return }
                try await targets.check(url, for: caller.userId, pointer: "/url")
            }
        ) { [self] tx, former, _ in
            let webhook = wish.applied(to: former)
            guard webhook != former else { return former }
            try WebhookStore.update(webhook, in: tx)
            try WebhookStore.setNotice(false, of: id, in: tx)
            if !webhook.isEnabled {
                try DeliveryStore.giveUp(of: id, because: Self.disabledMeanwhile, in: tx)
            } else if webhook.url != former.url {
                // What another webhook sends there is not sent there once more.
                let siblings = try Self.siblings(of: webhook, in: tx)
                try DeliveryStore.giveUp(
                    of: id, alsoAt: siblings, because: Self.sentByAnother, in: tx)
                try DeliveryStore.hasten(to: id, in: tx)
            }
            try audit.record(.changed(former, webhook), by: caller, in: tx)
            return webhook
        }
    }

    static let disabledMeanwhile = "the webhook was disabled"
    private static let sentByAnother = "another of your webhooks with this URL receives it"

    /// The owner's other webhooks with the same URL.
    static func siblings(of webhook: Webhook, in db: some Queryable) throws -> [String] {
        try WebhookStore.all(of: webhook.ownerId, in: db)
            .filter { $0.id != webhook.id && $0.urlKey == webhook.urlKey }.map(\.id)
    }

    func deleteWebhook(_ id: String, by caller: Caller) -> PendingWrite<Webhook, Void> {
        change(webhook: id, of: caller) { [audit] tx, webhook in
            try WebhookStore.delete(id, in: tx)
            try audit.record(.deleted(webhook), by: caller, in: tx)
        }
    }

    /// For a day, messages are signed with the former ones too.
    func rotateSecret(
        of id: String, by caller: Caller
    ) -> PendingWrite<Webhook, (webhook: Webhook, secret: WebhookSecret)> {
        let secret = WebhookSecret.make(random)
        return change(webhook: id, of: caller) { [self] tx, webhook in
            let good = try WebhookStore.secrets(id, at: tx.now, in: tx)
            guard good.count < WebhookLimits.secrets else {
                throw Fault(WebhookProblems.tooManyRotations)
            }
            try WebhookStore.rotate(
                id, to: vault.seal(secret, of: id),
                formerUntil: Self.end(ofSecretsReplacedAt: tx.now), in: tx)
            try audit.record(.rotated(webhook), by: caller, in: tx)
            return (webhook, secret)
        }
    }

    static func end(ofSecretsReplacedAt now: Timestamp) -> Timestamp {
        now.adding(seconds: Int64(WebhookLimits.formerSecretHours) * 3_600)
    }

    func admission(of caller: Caller, toWebhook id: String) -> Admission<Webhook> {
        { db in
            try Tombstone.check(caller, in: db)
            return try Self.webhook(id, of: caller, in: db)
        }
    }

    /// A change of a webhook of the caller's.
    func change<T: Sendable>(
        webhook id: String, of caller: Caller,
        _ effect: @escaping @Sendable (Transaction, Webhook) throws -> T
    ) -> PendingWrite<Webhook, T> {
        PendingWrite(
            in: database, committed: wrote, admit: admission(of: caller, toWebhook: id), effect)
    }

    static func webhook(
        _ id: String, of caller: Caller, in db: some Queryable
    ) throws -> Webhook {
        guard let webhook = try WebhookStore.find(id, in: db), webhook.ownerId == caller.userId
        else { throw Fault.notFound }
        return webhook
    }
}
