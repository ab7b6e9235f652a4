import Kernel
import SQLite
import WriteKit

extension WebhooksUseCases {
    /// Removes some of the webhooks of a deleted user, and what made events theirs, within the
    /// budget.
    package func removeSome(
        ofDeleted userId: String, by admin: Caller, _ budget: inout RowBudget, in tx: Transaction
    ) throws {
        while !budget.isSpent, let webhook = try WebhookStore.any(of: userId, in: tx) {
            budget.spend(1)
            try WebhookStore.delete(webhook.id, in: tx)
            try audit.record(.deleted(webhook), by: admin, in: tx)
        }
        budget.spend(try EventStore.disownSome(of: userId, limit: budget.left, in: tx))
    }
}
