import Contract
import Kernel
import SQLite

/// A change of access, for the audit and for the event that subscribers receive.
public struct AuditEvent: Sendable {
    /// Members of the thing that matter to access.
    public typealias Snapshot = AuditSnapshot

    /// What happened, as declared.
    public let change: CatalogedChange
    /// What the entry is about.
    public let subject: AuditEntryBody.Subject
    /// What that belongs to; nil: it stands alone.
    public let parent: AuditEntryBody.Subject?
    /// The entity, organization … whose managers can read the entry; nil: platform admins only.
    public let about: String?
    /// Who receives the event.
    public let audience: EventAudience
    /// nil if it did not exist.
    public let before: Snapshot?
    /// nil if it was deleted.
    public let after: Snapshot?
    /// JSON: the event's data, where it has a form of its own.
    public private(set) var data: String?

    /// - Parameters:
    ///   - subjectId: of the kind that the change's first word names.
    ///   - parentId: of the kind that is declared.
    public init(
        _ change: some AuditedChange, _ subjectId: String, of parentId: String? = nil,
        about: String?, for audience: EventAudience, before: Snapshot? = nil, after: Snapshot? = nil
    ) {
        self.change = CatalogedChange(change)
        subject = AuditEntryBody.Subject(type: self.change.subject, id: subjectId)
        parent = self.change.declaration.parent.flatMap { kind in
            parentId.map { AuditEntryBody.Subject(type: kind, id: $0) }
        }
        self.about = about
        self.audience = audience
        self.before = before
        self.after = after
    }

    /// The same, with the data of an event of another form than before and after.
    public func saying(_ data: some Encodable) throws -> AuditEvent {
        var event = self
        event.data = try SortedJSON.text(data)
        return event
    }

    /// Its parent and snapshots are those that are declared.
    var isAsDeclared: Bool {
        let declaration = change.declaration
        return (parent == nil) == (declaration.parent == nil)
            && declaration.states?.describe(before, after) != false
    }
}

/// Who receives an event, besides subscribers of the whole platform.
public struct EventAudience: Codable, Sendable, Equatable {
    /// The user who owns the thing at that moment.
    public let owner: String?
    /// Users who own it as well; nil: nobody. So do a team's admins own what the team does.
    public let otherOwners: [String]?
    /// The organization that has it.
    public let organization: String?

    public init(owner: String? = nil, organization: String? = nil) {
        self.owner = owner
        otherOwners = nil
        self.organization = organization
    }

    /// Of a thing that several users own, or nobody.
    public init(owners: [String]) {
        owner = owners.first
        otherOwners = owners.count > 1 ? Array(owners.dropFirst()) : nil
        organization = nil
    }

    /// Only subscribers of the whole platform.
    public static let platform = EventAudience()
}

/// Writes audit entries, each in the transaction of its change. From here events begin as well.
public struct AuditLog: Sendable {
    private let ids: IDMinter
    private let written: @Sendable (Transaction) throws -> Void

    /// - Parameter written: runs after an event was written, in its transaction.
    public init(
        ids: IDMinter, written: @escaping @Sendable (Transaction) throws -> Void = { _ in }
    ) {
        self.ids = ids
        self.written = written
    }

    /// - Parameter caller: who did it, with which token, in which request; nil for the
    ///   configuration.
    public func record(_ event: AuditEvent, by caller: Caller?, in tx: Transaction) throws {
        assert(event.isAsDeclared, "\(event.change.action) is not as declared: \(event)")
        func known(_ text: String?) -> String? { text?.isEmpty == false ? text : nil }
        let entry = AuditEntryBody(
            id: ids.make("aud_"), at: tx.now, actorId: known(caller?.userId),
            actingId: known(caller?.actingId), tokenId: known(caller?.tokenId),
            requestId: known(caller?.requestId),
            action: event.change.action, subject: event.subject, parent: event.parent,
            before: event.before, after: event.after)
        try AuditStore.insert(entry, about: event.about, in: tx)
        guard event.isSent else { return }
        try EventOutbox.insert(event, entry.id, in: tx)
        try written(tx)
    }
}

extension AuditEvent {
    /// Whether it has an event of its own, and what that says is known.
    fileprivate var isSent: Bool {
        change.hasOwnEvent && (data != nil || change.declaration.states != nil)
    }
}
