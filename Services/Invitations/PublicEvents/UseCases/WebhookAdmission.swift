import Kernel
import SQLite
import WriteKit

/// Webhooks are visible to their owner alone.
extension WebhooksUseCases {
    func admission(of caller: Caller, toWebhook id: String) -> Admission<Webhook> {
        { db in
            return try Self.webhook(id, of: caller, in: db)
        }
    }

    /// A change of a webhook of the caller's.
    func change<T: Sendable>(
        webhook id: String, of caller: Caller,
        _ effect: @escaping @Sendable (Transaction, Webhook) throws -> T
    ) -> PendingWrite<Webhook, T> {
        write(by: caller, admit: admission(of: caller, toWebhook: id), effect)
    }

    static func webhook(
        _ id: String, of caller: Caller, in db: some Queryable
    ) throws -> Webhook {
        guard let webhook = try WebhookStore.find(id, in: db), webhook.ownerId == caller.userId
        else { throw Fault.notFound }
        return webhook
    }
}
