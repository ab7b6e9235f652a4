import Contract
import Kernel
import SQLite

/// A change of access, for the audit.
public struct AuditEvent: Sendable, Equatable {
    /// Members of the thing that matter to access.
    public typealias Snapshot = AuditSnapshot

    /// `share.created` and the like.
    public let action: String
    /// What the entry is about.
    public let subject: AuditEntryBody.Subject
    /// The entity, organization … whose managers can read the entry; nil: platform admins only.
    public let about: String?
    /// nil if it did not exist.
    public let before: Snapshot?
    /// nil if it was deleted.
    public let after: Snapshot?

    /// - Parameter subject: its type is the first word of `action`.
    public init(
        _ action: String, _ subjectId: String, about: String?, before: Snapshot? = nil,
        after: Snapshot? = nil
    ) {
        self.action = action
        subject = AuditEntryBody.Subject(
            type: String(action.prefix { $0 != "." }), id: subjectId)
        self.about = about
        self.before = before
        self.after = after
    }
}

/// Writes audit entries, each in the transaction of its change.
public struct AuditLog: Sendable {
    private let ids: IDMinter

    public init(ids: IDMinter) { self.ids = ids }

    /// - Parameter caller: who did it, with which token, in which request; nil for the
    ///   configuration.
    public func record(_ event: AuditEvent, by caller: Caller?, in tx: Transaction) throws {
        func known(_ text: String?) -> String? { text?.isEmpty == false ? text : nil }
        let entry = AuditEntryBody(
            id: ids.make("aud_"), at: tx.now, actorId: known(caller?.userId),
            actingId: known(caller?.actingId), tokenId: known(caller?.tokenId),
            requestId: known(caller?.requestId),
            action: event.action, subject: event.subject, before: event.before,
            after: event.after)
        try AuditStore.insert(entry, about: event.about, in: tx)
    }
}
