import Kernel

/// The key that signs messages (Standard Webhooks 1.0.0, "Signature scheme").
public struct WebhookSecret: Sendable, Equatable {
    static let prefix = "whsec_"
    /// Bytes; the specification requires 24 to 64.
    private static let length = 32

    /// The key of the HMAC.
    public let key: [UInt8]

    public init(key: [UInt8]) { self.key = key }

    /// A new random secret.
    public static func make(_ random: any RandomSource) -> WebhookSecret {
        WebhookSecret(key: random.bytes(length))
    }

    /// The form shown to the owner.
    public var text: String { Self.prefix + Base64.encode(key) }
}

extension WebhookSecret: CustomStringConvertible, CustomReflectable {
    public var description: String { "WebhookSecret" }
    /// Hides the key from logs and dumps.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
