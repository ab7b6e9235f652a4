import InvitationsContract
import Kernel
import SQLite
import Webhooks
import WriteKit

/// What is ready to be sent to a webhook.
struct DeliveryBatch: Sendable {
    let webhook: Webhook
    /// With which its messages are signed; none if they can't be read.
    let secrets: [WebhookSecret]
    /// In the order in which they are due.
    let due: [DueDelivery]
}

/// What the delivery of events reads and writes.
extension InvitationsUseCases {
    private static let retention = Int64(WebhookLimits.keptDays) * 86_400
    private static let patience = Int64(WebhookLimits.failingDays) * 86_400

    /// Nil if there is nothing to be done.
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

    /// Whether a webhook still is where it was.
    func isCurrent(_ webhook: Webhook) throws -> Bool {
        let now = try database.read { try WebhookStore.find(webhook.id, in: $0) }
        return now?.isAt(webhook) ?? false
    }

    /// Writes down what became of an attempt, and what follows for the webhook.
    /// - Parameter target: where it was sent: what a former place has answered says nothing about
    ///   the new one, but what it has taken is taken.
    /// - Returns: the delivery as it is now; nil if somebody has decided otherwise meanwhile.
    func record(
        _ outcome: DeliveryOutcome, of sent: Delivery, to target: Webhook,
        _ schedule: DeliverySchedule, chance: Double
    ) async throws -> Delivery? {
        try await database.write { [self] tx in
            guard let webhook = try WebhookStore.find(sent.webhookId, in: tx),
                let former = try DeliveryStore.find(sent.eventNumber, at: sent.webhookId, in: tx),
                former.status == .pending, outcome.isSuccess || webhook.isAt(target)
            else { return nil }
            let delivery = former.attempted(outcome, at: tx.now, schedule, chance: chance)
            try DeliveryStore.update(delivery, in: tx)
            if webhook.isAt(target) { try follow(outcome, delivery, webhook, in: tx) }
            return delivery
        }
    }

    private func follow(
        _ outcome: DeliveryOutcome, _ delivery: Delivery, _ webhook: Webhook, in tx: Transaction
    ) throws {
        try DeliveryStore.holdBack(behind: delivery, in: tx)
        if case .notTried = outcome { return }
        if outcome.isSuccess { return try note(since: nil, webhook, in: tx) }
        if outcome.isGone { return try disable(webhook, .gone, in: tx) }
        // Not after now: a clock that ran ahead may have dated it.
        let since = min(webhook.failingSince ?? tx.now, tx.now)
        let isOver = tx.now.milliseconds - since.milliseconds >= Self.patience * 1_000
        // What is tried for the first time after days of silence proves nothing yet.
        guard isOver, delivery.step > 1 else { return try note(since: since, webhook, in: tx) }
        try disable(webhook, .failing, in: tx)
    }

    private func note(since: Timestamp?, _ webhook: Webhook, in tx: Transaction) throws {
        guard webhook.failingSince != since else { return }
        var noted = webhook
        noted.failingSince = since
        try WebhookStore.update(noted, in: tx)
    }

    /// By us: its owner is told by mail.
    private func disable(
        _ former: Webhook, _ reason: WebhookDisabledReason, in tx: Transaction
    ) throws {
        // A test goes to a disabled one, too.
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

    /// Mails the owners of webhooks that were disabled: who they are is asked first, so the mail
    /// can't be written where that is decided.
    func sendNotices() async throws {
        let due = try database.read { try WebhookStore.noticesDue(limit: 100, in: $0) }
        guard !due.isEmpty else { return }
        let owners = try await profiles(due.map(\.ownerId))
        try await database.write { [self] tx in
            for webhook in due {
                guard let now = try WebhookStore.find(webhook.id, in: tx) else { continue }
                try WebhookStore.setNotice(false, of: webhook.id, in: tx)
                guard !now.isEnabled, let owner = owners[webhook.ownerId] else { continue }
                try mails.sendDisabled(now, to: owner, in: tx)
            }
        }
        wrote()
    }

    /// Deletes what became of events at webhooks that were deleted, a part at a time.
    /// - Returns: whether there may be more.
    func purgeWebhooks(limit: Int = 500) async throws -> Bool {
        try await database.write { try WebhookStore.purge(limit: limit, in: $0) }
    }

    /// Deletes what was kept long enough, a part at a time.
    /// - Returns: how many events; none if there are none left.
    func purgeEvents(limit: Int = 500) async throws -> Int {
        try await database.write { tx in
            try EventStore.purge(
                before: tx.now.adding(seconds: -Self.retention), limit: limit, in: tx)
        }
    }
}
