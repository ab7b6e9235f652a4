import Contract
import Kernel

/// Webhooks that can't be reached, for the operator; an internal route.
public enum FailingWebhooks {
    /// `POST` `FailingWebhooksQuery` → `FailingWebhooksReply`.
    public static let list = Endpoint(
        "listFailingWebhooks", .post, "/internal/webhooks/failing", access: .service,
        readsOnly: true, summary: "List webhooks whose deliveries fail, or that we have disabled")

    /// How many are in one reply.
    public static let page = 100
}

/// Asks for a part of the list.
public struct FailingWebhooksQuery: Codable, Sendable {
    /// The last webhook of the previous part.
    public let after: String?

    public init(after: String? = nil) { self.after = after }
}

/// Fewer than `FailingWebhooks.page` if they are the last.
public struct FailingWebhooksReply: Codable, Sendable {
    public let webhooks: [FailingWebhook]

    public init(webhooks: [FailingWebhook]) { self.webhooks = webhooks }
}

/// A webhook that can't be reached.
public struct FailingWebhook: Codable, Sendable {
    /// `whk_…`
    public let id: String
    public let ownerId: String
    /// Its origin: the rest may contain a secret.
    public let url: String
    public let scope: EventScope
    public let enabled: Bool
    @OrNull public var disabledReason: WebhookDisabledReason?
    /// Since when every delivery has failed.
    @OrNull public var failingSince: Timestamp?
    /// Deliveries that wait.
    public let pending: Int
    /// Failed attempts of the oldest of those, and what came of the last one.
    public let attempts: Int
    @OrNull public var lastStatus: Int?
    @OrNull public var lastError: String?

    public init(
        id: String, ownerId: String, url: String, scope: EventScope, enabled: Bool,
        disabledReason: WebhookDisabledReason?, failingSince: Timestamp?, pending: Int,
        attempts: Int, lastStatus: Int?, lastError: String?
    ) {
        self.id = id
        self.ownerId = ownerId
        self.url = url
        self.scope = scope
        self.enabled = enabled
        self.pending = pending
        self.attempts = attempts
        _disabledReason = OrNull(wrappedValue: disabledReason)
        _failingSince = OrNull(wrappedValue: failingSince)
        _lastStatus = OrNull(wrappedValue: lastStatus)
        _lastError = OrNull(wrappedValue: lastError)
    }
}
