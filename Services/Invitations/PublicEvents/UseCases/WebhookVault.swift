import Kernel
import Webhooks

/// Encrypts the secrets of webhooks. They can't be hashed: they sign messages.
struct WebhookVault: Sendable {
    private let key: SealingKey
    private let random: any RandomSource

    init(secret: [UInt8], random: any RandomSource) {
        key = SealingKey(secret: secret, purpose: "latchkey webhooks")
        self.random = random
    }

    func seal(_ secret: WebhookSecret, of webhookId: String) -> [UInt8] {
        key.seal(secret.key, for: Self.place(webhookId), random: random)
    }

    /// Empty if the latest was encrypted with another key.
    func open(_ sealed: [[UInt8]], of webhookId: String) -> [WebhookSecret] {
        let keys = sealed.map { key.open($0, for: Self.place(webhookId)) }
        guard keys.first != .some(nil) else { return [] }
        return keys.compactMap { $0.map(WebhookSecret.init(key:)) }
    }

    private static func place(_ webhookId: String) -> String { "webhooks.secret/\(webhookId)" }
}
