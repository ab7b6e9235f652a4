import Kernel

/// `data` of an event: what changed, before and after.
public struct ChangeData<Before: AuditedState, After: AuditedState>: Documented, Equatable {
    /// null: it did not exist, or nothing of it is shown.
    @OrNull public var before: StateBody<Before>?
    /// null: it was deleted.
    @OrNull public var after: StateBody<After>?

    /// The later state's name with `EventData` in place of `State`.
    public static var schemaName: String { "\(After.name.dropLast("State".count))EventData" }
    /// The same for all.
    public static var meaning: String { "What changed." }

    public static var members: [Member] {
        [
            Member("before", "Null if new.", example: .null),
            Member("after", "Null if deleted."),
        ]
    }
}

/// An event on its way from the context of the change to subscribers.
public struct OutgoingEvent: Codable, Sendable, Equatable {
    /// Counts the events of its context from 1, without gaps; 0 if it isn't counted.
    public let position: Int
    /// `evt_…`; that of the audit entry with another prefix.
    public let id: String
    /// `share.created` and the like.
    public let type: String
    /// When it happened.
    public let at: Timestamp
    /// The user who did it.
    public let actorId: String?
    /// The platform admin who acted for that user.
    public let actingId: String?
    /// What it happened to.
    public let subject: AuditEntryBody.Subject
    /// What that belongs to; nil: it stands alone.
    public let parent: AuditEntryBody.Subject?
    /// The user who receives it, as the owner at that moment.
    public let owner: String?
    /// Users who receive it as well; nil: nobody.
    public let otherOwners: [String]?
    /// The organization whose subscribers receive it.
    public let organization: String?
    /// JSON, in snake_case.
    public let data: String

    public init(
        position: Int = 0, id: String, type: String, at: Timestamp, actorId: String?,
        actingId: String?, subject: AuditEntryBody.Subject, parent: AuditEntryBody.Subject?,
        owners: [String], organization: String?, data: String
    ) {
        self.position = position
        self.id = id
        self.type = type
        self.at = at
        self.actorId = actorId
        self.actingId = actingId
        self.subject = subject
        self.parent = parent
        owner = owners.first
        otherOwners = owners.count > 1 ? Array(owners.dropFirst()) : nil
        self.organization = organization
        self.data = data
    }

    /// All users who receive it as owners.
    public var owners: [String] { (owner.map { [$0] } ?? []) + (otherOwners ?? []) }
}
