import Kernel
import SQLite

/// Attempts and former secrets that a clock running ahead has dated.
extension WebhooksUseCases {
    package static func isDated(after now: Timestamp, in db: some Queryable) throws -> Bool {
        try DeliveryStore.isDated(after: now, in: db)
            || WebhookStore.hasSecrets(after: end(ofSecretsReplacedAt: now), in: db)
    }

    /// - Returns: how many.
    package static func redate(limit: Int, in tx: Transaction) throws -> Int {
        let secrets = try WebhookStore.redateSecrets(
            to: end(ofSecretsReplacedAt: tx.now), count: limit, in: tx)
        return try secrets + DeliveryStore.redate(limit: limit, in: tx)
    }
}
