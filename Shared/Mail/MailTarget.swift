/// A mail to send: the envelope and the bytes.
public struct OutgoingMail: Sendable, Equatable {
    /// `mai_…`; a repeated delivery has the same id, and so the same Message-ID.
    public let id: String
    /// The addresses of the envelope (RFC 5321 §2.3.1).
    public let sender: String
    /// The only recipient.
    public let recipient: String
    /// From `MailMessage.bytes`: only CR LF.
    public let bytes: [UInt8]

    public init(id: String, sender: String, recipient: String, bytes: [UInt8]) {
        self.id = id
        self.sender = sender
        self.recipient = recipient
        self.bytes = bytes
    }
}

/// Where mails are sent.
public protocol MailTarget: Sendable {
    /// How many mails can be delivered concurrently.
    var concurrency: Int { get }

    /// Returns once the target has accepted responsibility for the mail. A cancelled task ends
    /// soon, and may have delivered.
    func deliver(_ mail: OutgoingMail) async throws(MailFailure)

    /// Closes connections that were idle for so many milliseconds, without waiting for it.
    func close(idleFor milliseconds: Int)
}

extension MailTarget {
    /// For targets without connections.
    public func close(idleFor milliseconds: Int) {}
}

/// Why a mail was not sent.
public struct MailFailure: Error, Sendable, Equatable {
    /// Whether and when another attempt makes sense.
    public enum Kind: String, Sendable {
        /// No mail can be sent at the moment: not about this one.
        case outage
        /// No mail can be sent until a person corrects the user or password: an outage of which no
        /// mail fails, however long it lasts, and after which retries are slow, as providers lock
        /// accounts after repeated failures.
        case login
        /// The mail may be accepted later.
        case temporary
        /// The mail will never be accepted.
        case permanent

        /// Whether it is not about the mail.
        var isOutage: Bool { self == .outage || self == .login }
    }

    /// Whether another attempt makes sense.
    public let kind: Kind
    /// For people and logs: no address, no content, no text of a server.
    public let reason: String
    /// The reply code (RFC 5321 §4.2), if there was a reply.
    public let code: Int?

    public init(_ kind: Kind, _ reason: String, code: Int? = nil) {
        self.kind = kind
        self.reason = reason
        self.code = code
    }
}
