import Kernel
import SQLite

/// Mails on their way, each written with its cause. `mailSchema` and `mailTriesSchema` are steps of
/// the owner's migrations; `MailRelay` hands them over.
public struct MailOutbox: Sendable {
    /// Of a mail's id.
    static let prefix = "mai_"

    private let key: SealingKey
    private let ids: IDMinter
    private let random: any RandomSource

    /// - Parameter key: mails hold codes and links that let people in, so the database keeps them
    ///   sealed, until they are handed over.
    public init(key: SealingKey, ids: IDMinter, random: any RandomSource) {
        self.key = key
        self.ids = ids
        self.random = random
    }

    /// Writes `message` in the transaction of its cause. Its date is the transaction's. After the
    /// commit, `MailRelay.wake` has it handed over at once.
    /// - Parameter about: what it concerns, such as the id of an invitation: to find out what
    ///   became of it. Kept in clear for as long as the row.
    /// - Parameters:
    ///   - goodUntil: when nobody wants it any more; it is given up then.
    ///   - isDecoy: written, sealed and marked as any other, and handed over to nobody: where
    ///     whether there is a mail must not be told by the time that it takes.
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

    /// Takes a mail back that still waits; one that is on its way may arrive all the same.
    /// - Returns: whether it waited.
    @discardableResult
    public static func withdraw(_ id: String, in tx: Transaction) throws -> Bool {
        try MailStore.end(
            id, failure: MailFailure(.permanent, "it was withdrawn"),
            purgeAt: tx.now.adding(seconds: MailSchedule.failedIsKept), in: tx)
    }

    /// What became of a mail; nil if it was never written, or was purged: a day after it was
    /// handed over, 30 days after it was given up.
    public static func find(_ id: String, in db: some Queryable) throws -> MailRecord? {
        try MailStore.find(id, in: db)
    }

    /// What became of the newest mail about something.
    public static func latest(
        about: String, in db: some Queryable
    ) throws -> MailRecord? {
        try MailStore.latest(about: about, in: db)
    }

    /// Envelope and bytes, hidden. Addresses have no line feed.
    private func seal(_ mail: OutgoingMail) -> [UInt8] {
        let plain = Array("\(mail.sender)\n\(mail.recipient)\n".utf8) + mail.bytes
        return key.seal(plain, for: Self.place(mail.id), random: random)
    }

    /// nil if it was sealed with another key.
    func open(_ sealed: [UInt8], id: String) -> OutgoingMail? {
        guard let plain = key.open(sealed, for: Self.place(id)) else { return nil }
        let parts = plain.split(
            separator: UInt8(ascii: "\n"), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3 else { return nil }
        return OutgoingMail(
            id: id, sender: String(decoding: parts[0], as: UTF8.self),
            recipient: String(decoding: parts[1], as: UTF8.self), bytes: Array(parts[2]))
    }

    private static func place(_ id: String) -> String { "mails.sealed/\(id)" }
}

/// What is known of a mail: neither its recipient nor its content.
public struct MailRecord: Sendable, Equatable {
    public enum Status: String, Sendable, CaseIterable {
        /// It waits, for its first attempt or for another.
        case pending
        /// The target has taken it.
        case sent
        /// Refused for good, or given up.
        case failed
    }

    public let id: String
    public let about: String?
    public let status: Status
    /// Those in which the target said something about this mail.
    public let attempts: Int
    public let createdAt: Timestamp
    /// Of one that waits for another attempt.
    public let nextAttemptAt: Timestamp?
    /// When it was handed over or given up.
    public let endedAt: Timestamp?
    /// Of the last attempt that failed; for people (`MailFailure.reason`).
    public let lastError: String?
    /// The SMTP reply code that came with it.
    public let lastCode: Int?
}

/// How the journey of a mail ended.
public struct MailOutcome: Sendable, Equatable {
    public let id: String
    /// As it was given to `MailOutbox.add`.
    public let about: String?
    /// nil if it was handed over.
    public let failure: MailFailure?
    /// Attempts in which the target said something about it, the last included.
    public let attempts: Int

    public var isSent: Bool { failure == nil }
}
