import HTTPCore
import Kernel

/// One attempt to deliver an event, signed (Standard Webhooks 1.0.0).
public struct WebhookMessage: Sendable {
    /// The same in each attempt. Contains no `.`, which separates the signed parts.
    public let id: String
    /// The time of this attempt, in seconds.
    public let timestamp: Int64
    /// JSON. The signature covers exactly these bytes.
    public let body: [UInt8]
    /// The value of `webhook-signature`: a signature for each valid secret, so that a subscriber
    /// can switch to a new one at any time.
    public let signature: String

    public init(
        id: String, at time: Timestamp, body: [UInt8], signedWith secrets: [WebhookSecret]
    ) {
        self.id = id
        timestamp = Self.timestamp(of: time)
        self.body = body
        let signed = Array("\(id).\(timestamp).".utf8) + body
        signature = secrets.map { secret in
            "v1," + Base64.encode(HMACSHA256(key: secret.key).authenticate(signed))
        }.joined(separator: " ")
    }

    var fields: [Response.Field] {
        Self.unsigned(id: id, timestamp: timestamp)
            + [Response.Field("webhook-signature", signature)]
    }

    /// The fields of a message but for its signature, with which anybody could send it again.
    public static func unsigned(id: String, timestamp: Int64) -> [Response.Field] {
        [
            Response.Field("Content-Type", "application/json"),
            Response.Field("User-Agent", "Latchkey-Webhooks"),
            Response.Field("webhook-id", id),
            Response.Field("webhook-timestamp", "\(timestamp)"),
        ]
    }

    /// `webhook-timestamp` of an attempt.
    public static func timestamp(of time: Timestamp) -> Int64 { time.milliseconds / 1_000 }
}

/// The result of an attempt.
public enum WebhookOutcome: Sendable, Equatable {
    /// The receiver has responded.
    /// - Parameter retryAfter: seconds of its `Retry-After` (RFC 9110 §10.2.3).
    case answered(status: Int, retryAfter: Int?)
    case failed(WebhookFailure)

    /// Whether the status is 2xx.
    public var isSuccess: Bool {
        if case .answered(let status, _) = self { (200...299).contains(status) } else { false }
    }
}

/// Why there is no response. The texts are shown to the webhook's owner and contain nothing that
/// the server sent.
public enum WebhookFailure: String, Error, Sendable {
    case noAddress = "the host has no address"
    case forbiddenAddress = "the host has an address that our policy doesn't allow"
    case unreachable = "the connection was refused or failed"
    case timeout = "no response within the time limit"
    case closed = "the connection closed before the response was complete"
    case malformed = "the response wasn't valid HTTP"
    case tls = "the TLS connection failed: the certificate must be valid for the host"
    case busy = "too many of your host names are being looked up"
    case notSent = "the message couldn't be sent for a reason on our side"
}
