import InvitationsContract
import Kernel
import SQLite
import Webhooks
import WriteKit

extension WebhooksUseCases {
    /// Messages are also signed with the former secrets for a day each.
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
}
