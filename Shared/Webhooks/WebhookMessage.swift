import HTTPCore
import Kernel

/// One attempt to deliver something, signed (Standard Webhooks 1.0.0).
public struct WebhookMessage: Sendable {
    /// The same at each attempt; holds no `.`, which separates what is signed.
    public let id: String
    /// Of this attempt, in seconds.
    public let timestamp: Int64
    /// JSON. The signature is of exactly these bytes.
    public let body: [UInt8]
    /// The value of `webhook-signature`: one for each secret, so that a subscriber can rotate
    /// the secret at any time while the former one is still valid.
    public let signature: String

    public init(
        id: String, at time: Timestamp, body: [UInt8], signedWith secrets: [WebhookSecret]
    ) {
        self.id = id
        timestamp = time.milliseconds / 1_000
        self.body = body
        let signed = Array("\(id).\(timestamp).".utf8) + body
        signature = secrets.map { secret in
            "v1," + Base64.encode(HMACSHA256(key: secret.key).authenticate(signed))
        }.joined(separator: " ")
    }

    var fields: [Response.Field] {
        [
            Response.Field("Content-Type", "application/json"),
            Response.Field("User-Agent", "Latchkey-Webhooks"),
            Response.Field("webhook-id", id),
            Response.Field("webhook-timestamp", "\(timestamp)"),
            Response.Field("webhook-signature", signature),
        ]
    }
}

/// What became of an attempt.
public enum WebhookOutcome: Sendable, Equatable {
    /// The receiver has answered.
    /// - Parameter retryAfter: seconds that it asks to be left alone for (RFC 9110 §10.2.3).
    case answered(status: Int, retryAfter: Int?)
    case failed(WebhookFailure)

    /// Whether the status is 2xx.
    public var isSuccess: Bool {
        if case .answered(let status, _) = self { (200...299).contains(status) } else { false }
    }
}

/// Why there is no answer. Its words are for the subscriber: in ours, nothing that a server said.
public enum WebhookFailure: String, Error, Sendable {
    case noAddress = "the host has no address"
    case forbiddenAddress = "the host has an address that is not reachable from here by policy"
    case unreachable = "nothing accepts connections there"
    case timeout = "no whole answer in time"
    case closed = "the connection ended before the answer was complete"
    case malformed = "what came back is no HTTP"
    case tls = "no TLS connection: the certificate must be valid and the host's"
    case busy = "too many of your hosts are being looked up"
    case notSent = "it could not be sent from here"
}
