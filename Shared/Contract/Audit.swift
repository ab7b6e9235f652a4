import Kernel

/// Who granted, changed or revoked access, with the state before and after.
public struct AuditEntryBody: Documented, Equatable {
    /// What an entry is about.
    public struct Subject: Documented, Equatable {
        /// `entity`, `share`, `publisher`, `version`, `user`, `token` …
        public let type: String
        /// Its id; for a publisher, the user's id.
        public let id: String

        public init(type: String, id: String) {
            self.type = type
            self.id = id
        }
    }

    /// `aud_…`
    public let id: String
    /// When it happened.
    public let at: Timestamp
    /// The user who did it; `operator` (`Caller.operatorId`) for commands; null: the configuration.
    @OrNull public var actorId: String?
    /// The platform admin who acted for that user; null if they did it themselves.
    @OrNull public var actingId: String?
    @OrNull public var tokenId: String?
    @OrNull public var requestId: String?
    /// `share.created` and the like: the kind of the subject and what happened to it.
    public let action: String
    /// What it happened to.
    public let subject: Subject
    /// What that belongs to: the entity of a share, the organization of a member …; null: nothing.
    @OrNull public var parent: Subject?
    /// null: it did not exist.
    @OrNull public var before: AuditSnapshot?
    /// null: it was deleted.
    @OrNull public var after: AuditSnapshot?

    public init(
        id: String, at: Timestamp, actorId: String?, actingId: String? = nil, tokenId: String?,
        requestId: String?, action: String, subject: Subject, parent: Subject? = nil,
        before: AuditSnapshot?, after: AuditSnapshot?
    ) {
        self.id = id
        self.at = at
        self.action = action
        self.subject = subject
        _actorId = OrNull(wrappedValue: actorId)
        _actingId = OrNull(wrappedValue: actingId)
        _tokenId = OrNull(wrappedValue: tokenId)
        _requestId = OrNull(wrappedValue: requestId)
        _parent = OrNull(wrappedValue: parent)
        _before = OrNull(wrappedValue: before?.bounded)
        _after = OrNull(wrappedValue: after?.bounded)
    }
}

/// Which audit entries are requested.
public struct AuditFilter: Codable, Sendable, Equatable {
    /// The entity, organization … that it is about; nil for all.
    public var about: String?
    /// Only entries by this user.
    public var actorId: String?
    /// The earliest time, inclusive.
    public var from: Timestamp?
    /// The latest time, exclusive.
    public var to: Timestamp?

    public init(
        about: String? = nil, actorId: String? = nil, from: Timestamp? = nil, to: Timestamp? = nil
    ) {
        self.about = about
        self.actorId = actorId
        self.from = from
        self.to = to
    }
}

/// A position in a list of entries, newest first: after an entry.
public struct AuditCursor: Codable, Sendable, Equatable {
    /// Time of the entry.
    public let at: Timestamp
    /// Id of the entry: times can be equal.
    public let id: String

    public init(at: Timestamp, id: String) {
        self.at = at
        self.id = id
    }

    /// Before all entries: 9999-12-31T23:59:59.999Z.
    public static let beginning = AuditCursor(
        at: Timestamp(milliseconds: 253_402_300_799_999), id: "")
}

/// Entries of one context, newest first, for merging those of several contexts.
public struct AuditTailQuery: Codable, Sendable {
    /// How many entries of the whole are looked at: older ones are found by `from` and `to`.
    public static let maximumDepth = 1_000

    /// Which entries count.
    public let filter: AuditFilter
    /// How many at most; never more than `AuditLimits.answer`.
    public let limit: Int
    /// The last entry of the previous part; nil for the first part.
    public let before: AuditCursor?
    /// Up to which entry `AuditTail.places` are wanted; nil for none.
    public let depth: Int?

    public init(
        filter: AuditFilter, limit: Int, before: AuditCursor? = nil, depth: Int? = nil
    ) {
        self.filter = filter
        self.limit = limit
        self.before = before
        self.depth = depth
    }
}

/// The answer to `AuditTailQuery`.
public struct AuditTail: Codable, Sendable {
    /// Newest first; fewer than requested if there are no others.
    public let entries: [AuditEntryBody]
    /// How many pass the filter, regardless of the cursor, up to `AuditTailQuery.maximumDepth`:
    /// counting all of them would become slower every day.
    public let total: Int
    /// Every sixteenth entry (`spacing`), newest first, up to the query's depth: by them, what a
    /// page passes is found without reading it. nil: none were wanted.
    public let places: [AuditCursor]?
    /// How many entries the query's cursor passes, itself included; nil: there was no cursor.
    public let newer: Int?

    /// The distance of `places`.
    public static let spacing = 16

    public init(
        entries: [AuditEntryBody], total: Int, places: [AuditCursor]? = nil, newer: Int? = nil
    ) {
        self.entries = entries
        self.total = total
        self.places = places
        self.newer = newer
    }
}

/// The routes of each context's audit.
public enum AuditRoutes {
    /// The public list of a context, about one thing that it owns. The gateway offers those of all
    /// contexts as one.
    /// - Parameters:
    ///   - subject: the required parameter that names the thing.
    ///   - problems: why the context can refuse it.
    public static func list(of subject: Member, problems: [ProblemType]) -> Endpoint {
        Endpoint(
            "listAudit", .get, "/api/audit", summary: "List audit entries",
            query: [
                subject,
                Member(
                    "actorId", "The user who made the changes.",
                    .plain.naming(.user)),
                Member("from", "The earliest time, inclusive.", .time),
                Member("to", "The latest time, exclusive.", .time),
            ], answers: .list(of: AuditEntryBody.self), problems: [.notFound] + problems)
    }

    /// `POST` `AuditTailQuery` → `AuditTail`.
    public static let tail = Endpoint(
        "auditTail", .post, "/internal/audit/tail", access: .service, readsOnly: true,
        summary: "List the newest audit entries of one service")
}
