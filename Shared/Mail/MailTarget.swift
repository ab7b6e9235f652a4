/// A mail on its way: the envelope and the bytes.
public struct OutgoingMail: Sendable, Equatable {
    /// `mai_…`; a second delivery has the same, and with it the same Message-ID.
    public let id: String
    /// The addresses of the envelope (RFC 5321 §2.3.1).
    public let sender: String
    public let recipient: String
    /// As `MailMessage.bytes` makes them: CR LF alone.
    public let bytes: [UInt8]

    public init(id: String, sender: String, recipient: String, bytes: [UInt8]) {
        self.id = id
        self.sender = sender
        self.recipient = recipient
        self.bytes = bytes
    }
}

/// Where mails are handed over.
public protocol MailTarget: Sendable {
    /// How many mails it takes at once.
    var concurrency: Int { get }

    /// Returns once somebody else answers for the mail. A task that is cancelled ends soon, and
    /// may have delivered.
    func deliver(_ mail: OutgoingMail) async throws(MailFailure)

    /// Gives up connections that nothing has used for so many milliseconds. Does not wait for it.
    func close(idleFor milliseconds: Int)
}

extension MailTarget {
    public func close(idleFor milliseconds: Int) {}
}

/// Why a mail was not handed over.
public struct MailFailure: Error, Sendable, Equatable {
    public enum Kind: String, Sendable {
        /// There is no way there at the moment, for any mail: nothing was said about this one.
        case outage
        /// Later it may be taken.
        case temporary
        /// It will never be taken.
        case permanent
    }

    public let kind: Kind
    /// For people and logs, in our words: no address, no content, nothing that a server said.
    public let reason: String
    /// The reply code (RFC 5321 §4.2), where a server gave one.
    public let code: Int?

    public init(_ kind: Kind, _ reason: String, code: Int? = nil) {
        self.kind = kind
        self.reason = reason
        self.code = code
    }
}
