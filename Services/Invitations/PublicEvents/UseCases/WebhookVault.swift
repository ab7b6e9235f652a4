import Kernel
import SQLite
import Webhooks

/// Encrypts the secrets of webhooks. They can't be hashed: they sign messages.
struct WebhookVault: Sendable {
    private let keys: SealingKeys
    private let random: any RandomSource

    init(_ secrets: SecretList, random: any RandomSource) {
        keys = SealingKeys(secrets, purpose: "latchkey webhooks")
        self.random = random
    }

    func seal(_ secret: WebhookSecret, of webhookId: String) -> [UInt8] {
        keys.seal(secret.key, for: Self.place(webhookId), random: random)
    }

    /// Empty if the latest was encrypted with none of these keys.
    func open(_ sealed: [[UInt8]], of webhookId: String) -> [WebhookSecret] {
        let opened = sealed.map { keys.open($0, for: Self.place(webhookId)) }
        guard opened.first != .some(nil) else { return [] }
        return opened.compactMap { $0.map(WebhookSecret.init(key:)) }
    }

    /// All of them.
    var sealedValues: SealedValues {
        SealedValues(sealedWebhookSecrets) { [keys, random] in
            keys.reseal($0.sealed, for: Self.place($0.text), random: random)
        }
    }

    private static func place(_ webhookId: String) -> String { "webhooks.secret/\(webhookId)" }
}
