import Kernel
import SQLite
import Synchronization

/// Mails to send, each written in the transaction of its cause. `mailSchema` and `mailTriesSchema`
/// are steps of the owner's migrations; `MailRelay` sends them.
public struct MailOutbox: Sendable {
    /// The prefix of a mail's id.
    static let prefix = "mai_"

    /// Why no mail can be sent at the moment; kept by the relay.
    public let outage = MailOutage()
    private let keys: SealingKeys
    private let ids: IDMinter
    private let random: any RandomSource

    /// - Parameter keys: seal mails in the database until they are sent, as they contain codes and
    ///   links that sign users in.
    public init(keys: SealingKeys, ids: IDMinter, random: any RandomSource) {
        self.keys = keys
        self.ids = ids
        self.random = random
    }

    /// Writes `message` in the transaction of its cause, with the transaction's date. After the
    /// commit, `MailRelay.wake` sends it at once.
    /// - Parameters:
    ///   - about: what it concerns, such as the id of an invitation, to find its status by. Stored
    ///     unencrypted for as long as the row.
    ///   - goodUntil: when the mail becomes useless; it fails then.
    ///   - isDecoy: written, sealed and marked like any other, but sent to nobody: where timing
    ///     must not reveal whether there is a mail.
    /// - Returns: its id, `mai_…`.
    @discardableResult
    public func add(
        _ message: MailMessage, about: String? = nil, goodUntil: Timestamp? = nil,
        isDecoy: Bool = false, in tx: Transaction
    ) throws -> String {
        let id = ids.make(Self.prefix)
        let mail = OutgoingMail(
            id: id, sender: message.from.address, recipient: isDecoy ? "" : message.to.address,
            bytes: message.bytes(id: id, date: tx.now))
        try MailStore.insert(
            id, about: about, goodUntil: goodUntil, sealed: seal(mail), in: tx)
        return id
    }

    /// Cancels a pending mail; one that is being sent may still arrive.
    /// - Returns: whether it was pending.
    @discardableResult
    public static func withdraw(_ id: String, in tx: Transaction) throws -> Bool {
        try MailStore.end(
            id, failure: MailFailure(.permanent, "it was withdrawn"),
            purgeAt: tx.now.adding(seconds: MailSchedule.failedIsKept), in: tx)
    }

    /// The status of a mail; nil if it was never written, or was purged: a day after it was sent,
    /// 30 days after it failed.
    public static func find(_ id: String, in db: some Queryable) throws -> MailRecord? {
        try MailStore.find(id, in: db)
    }

    /// The status of the newest mail about something.
    public static func latest(
        about: String, in db: some Queryable
    ) throws -> MailRecord? {
        try MailStore.latest(about: about, in: db)
    }

    /// Envelope and bytes, encrypted. Addresses contain no line feed.
    private func seal(_ mail: OutgoingMail) -> [UInt8] {
        let plain = Array("\(mail.sender)\n\(mail.recipient)\n".utf8) + mail.bytes
        return keys.seal(plain, for: Self.place(mail.id), random: random)
    }

    /// The pending mails.
    public var sealedValues: SealedValues {
        SealedValues(sealedMails) { [keys, random] in
            keys.reseal($0.sealed, for: Self.place($0.text), random: random)
        }
    }

    /// nil if it was sealed with none of these keys.
    func open(_ sealed: [UInt8], id: String) -> OutgoingMail? {
        guard let plain = keys.open(sealed, for: Self.place(id)) else { return nil }
        let parts = plain.split(
            separator: UInt8(ascii: "\n"), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3 else { return nil }
        return OutgoingMail(
            id: id, sender: String(decoding: parts[0], as: UTF8.self),
            recipient: String(decoding: parts[1], as: UTF8.self), bytes: Array(parts[2]))
    }

    private static func place(_ id: String) -> String { "mails.sealed/\(id)" }
}

/// Why no mail can be sent at the moment: the same for all that wait.
public final class MailOutage: Sendable {
    private let failure = Mutex<MailFailure?>(nil)

    /// nil while mails are sent.
    public var current: MailFailure? { failure.withLock { $0 } }

    /// Notes how an attempt ended.
    /// - Returns: the outage until now.
    func replace(_ failure: MailFailure?) -> MailFailure? {
        let outage = failure?.kind.isOutage == true ? failure : nil
        return self.failure.withLock { current in
            defer { current = outage }
            return current
        }
    }
}

/// The status of a mail, without recipient and content.
public struct MailRecord: Sendable, Equatable {
    /// Where a mail is.
    public enum Status: String, Sendable, CaseIterable {
        /// Waits for its first attempt or a retry.
        case pending
        /// Accepted by the target.
        case sent
        /// Permanently refused, expired or cancelled.
        case failed
    }

    /// `mai_…`
    public let id: String
    /// As it was given to `MailOutbox.add`.
    public let about: String?
    /// Where the mail is.
    public let status: Status
    /// Attempts in which the target replied about this mail.
    public let attempts: Int
    /// When it was written.
    public let createdAt: Timestamp
    /// When a pending mail is retried.
    public let nextAttemptAt: Timestamp?
    /// When it was sent or failed.
    public let endedAt: Timestamp?
    /// The last failure's reason, for people (`MailFailure.reason`).
    public let lastError: String?
    /// The SMTP reply code of the last failure.
    public let lastCode: Int?
}

/// How a mail ended.
public struct MailOutcome: Sendable, Equatable {
    /// `mai_…`
    public let id: String
    /// As passed to `MailOutbox.add`.
    public let about: String?
    /// nil if it was sent.
    public let failure: MailFailure?
    /// Attempts in which the target replied about it, including the last.
    public let attempts: Int

    /// Whether the target accepted it.
    public var isSent: Bool { failure == nil }
}
