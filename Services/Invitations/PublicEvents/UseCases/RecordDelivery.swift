import Contract
import GatewayClient
import InvitationsContract
import Kernel
import Mail
import Presentation
import SQLite
import Webhooks
import WriteKit

/// The due deliveries of a webhook.
struct DeliveryBatch: Sendable {
    let webhook: Webhook
    /// Sign its messages; none if they can't be decrypted.
    let secrets: [WebhookSecret]
    /// In the order in which they are due.
    let due: [DueDelivery]
}

/// The reads and writes of `Delivery/`.
extension WebhooksUseCases {
    private static let notPermitted = "its owner can no longer have the events of its scope"
    private static let patience = Int64(WebhookLimits.failingDays) * 86_400

    /// Nil if nothing is due.
    func dueDeliveries(at webhookId: String, limit: Int) throws -> DeliveryBatch? {
        let now = clock.now()
        return try database.read { reader in
            guard let webhook = try WebhookStore.find(webhookId, in: reader) else { return nil }
            let due = try DeliveryStore.due(at: webhookId, now, limit: limit, in: reader)
            guard !due.isEmpty else { return nil }
            let sealed = try WebhookStore.secrets(webhookId, at: now, in: reader)
            return DeliveryBatch(
                webhook: webhook, secrets: vault.open(sealed, of: webhookId), due: due)
        }
    }

    /// Whether a webhook's URL and state are unchanged.
    func isCurrent(_ webhook: Webhook) throws -> Bool {
        try database.read { reader in
            let now = try WebhookStore.find(webhook.id, in: reader)
            return try now?.isAt(webhook) == true
                && !SuspendedUsers.contains(webhook.ownerId, in: reader)
        }
    }

    /// Whether the webhook's owner can still have the events of its scope. If not, the webhook is
    /// disabled.
    func isPermitted(_ webhook: Webhook) async throws -> Bool {
        if try await rights.allow(webhook.ownerId, webhook.scope) { return true }
        try await database.write { [self] tx in
            guard let now = try WebhookStore.find(webhook.id, in: tx) else { return }
            try disable(now, .notPermitted, in: tx)
            // A test of a webhook that is disabled already.
            try DeliveryStore.giveUp(of: webhook.id, because: Self.notPermitted, in: tx)
        }
        wrote()
        return false
    }

    /// Stores an attempt, its result and the consequences for the webhook.
    /// - Parameters:
    ///   - attempt: what was sent and returned; nothing is stored of one that was not tried.
    ///   - target: the webhook when it was sent: a failure at a former URL says nothing about the
    ///     new one, but a success is a success.
    /// - Returns: the updated delivery; nil if it or the webhook has changed in the meantime.
    func record(
        _ outcome: DeliveryOutcome, _ attempt: DeliveryAttempt, of sent: Delivery,
        to target: Webhook, _ schedule: DeliverySchedule, chance: Double
    ) async throws -> Delivery? {
        try await database.write { [self] tx in
            guard let webhook = try WebhookStore.find(sent.webhookId, in: tx),
                let former = try DeliveryStore.find(sent.eventNumber, at: sent.webhookId, in: tx),
                former.status == .pending, outcome.isSuccess || webhook.isAt(target)
            else { return nil }
            let delivery = former.attempted(outcome, at: tx.now, schedule, chance: chance)
            try DeliveryStore.update(delivery, in: tx)
            if outcome.isTried { try AttemptStore.set(attempt, of: delivery, in: tx) }
            if webhook.isAt(target) { try apply(outcome, delivery, webhook, in: tx) }
            return delivery
        }
    }

    private func apply(
        _ outcome: DeliveryOutcome, _ delivery: Delivery, _ webhook: Webhook, in tx: Transaction
    ) throws {
        try DeliveryStore.block(behind: delivery, in: tx)
        guard outcome.isTried else { return }
        if outcome.isSuccess { return try setFailing(since: nil, webhook, in: tx) }
        if outcome.isGone { return try disable(webhook, .gone, in: tx) }
        // Not after now: a clock that ran ahead may have dated it.
        let since = min(webhook.failingSince ?? tx.now, tx.now)
        let isOver = tx.now.milliseconds - since.milliseconds >= Self.patience * 1_000
        // A first attempt after days without events proves nothing yet.
        guard isOver, delivery.step > 1 else {
            return try setFailing(since: since, webhook, in: tx)
        }
        try disable(webhook, .failing, in: tx)
    }

    private func setFailing(since: Timestamp?, _ webhook: Webhook, in tx: Transaction) throws {
        guard webhook.failingSince != since else { return }
        var noted = webhook
        noted.failingSince = since
        try WebhookStore.update(noted, in: tx)
    }

    /// By us: the owner is notified by e-mail.
    private func disable(
        _ former: Webhook, _ reason: WebhookDisabledReason, in tx: Transaction
    ) throws {
        // Tests are also sent to disabled webhooks.
        guard former.isEnabled else { return }
        var webhook = former
        webhook.isEnabled = false
        webhook.disabledReason = reason
        webhook.failingSince = nil
        try WebhookStore.update(webhook, in: tx)
        try WebhookStore.setNotice(true, of: webhook.id, in: tx)
        try DeliveryStore.giveUp(of: webhook.id, because: Self.disabledMeanwhile, in: tx)
        try audit.record(.changed(former, webhook), by: nil, in: tx)
    }

    /// E-mails the owners of webhooks that we have disabled. Their addresses come from the gateway,
    /// so the e-mail can't be stored in the transaction that disables.
    package func sendNotices() async throws {
        let due = try database.read { try WebhookStore.noticesDue(limit: 100, in: $0) }
        guard !due.isEmpty else { return }
        let owners = try await directory.profiles(of: due.map(\.ownerId))
        try await database.write { [self] tx in
            for webhook in due {
                guard let now = try WebhookStore.find(webhook.id, in: tx) else { continue }
                try WebhookStore.setNotice(false, of: webhook.id, in: tx)
                guard !now.isEnabled, let owner = owners[webhook.ownerId] else { continue }
                try sendDisabled(now, to: owner, in: tx)
            }
        }
        wrote()
    }

    private func sendDisabled(_ webhook: Webhook, to owner: UserProfile, in tx: Transaction) throws
    {
        guard let recipient = Mailbox(owner.email) else { return }
        let letter = webhook.disabledLetter(
            in: .choose([owner.locale], else: language), look)
        try outbox.add(
            letter.message(from: sender, to: recipient), about: webhook.id, in: tx)
    }

    /// Deletes deliveries of deleted webhooks, some at a time.
    /// - Returns: whether there may be more.
    package func purgeWebhooks(limit: Int = 500) async throws -> Bool {
        try await database.write { try WebhookStore.purge(limit: limit, in: $0) }
    }
}
