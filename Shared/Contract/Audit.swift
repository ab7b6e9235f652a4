import Kernel

/// One line of the proof: who gave, changed or took access, and what it was before and after.
public struct AuditEntryBody: Documented, Equatable {
    public struct Subject: Documented, Equatable {
        /// `entity`, `share`, `publisher`, `version`, `user`, `token` …
        public let type: String
        public let id: String

        public init(type: String, id: String) {
            self.type = type
            self.id = id
        }
    }

    /// `aud_…`
    public let id: String
    public let at: Timestamp
    /// The user who did it; null for what the configuration did.
    @OrNull public var actorId: String?
    @OrNull public var tokenId: String?
    @OrNull public var requestId: String?
    /// `share.created` and the like: the kind of the subject and what happened to it.
    public let action: String
    public let subject: Subject
    /// null: it did not exist.
    @OrNull public var before: AuditSnapshot?
    /// null: it does not exist any more.
    @OrNull public var after: AuditSnapshot?

    public init(
        id: String, at: Timestamp, actorId: String?, tokenId: String?, requestId: String?,
        action: String, subject: Subject, before: AuditSnapshot?, after: AuditSnapshot?
    ) {
        self.id = id
        self.at = at
        self.action = action
        self.subject = subject
        _actorId = OrNull(wrappedValue: actorId)
        _tokenId = OrNull(wrappedValue: tokenId)
        _requestId = OrNull(wrappedValue: requestId)
        _before = OrNull(wrappedValue: before?.bounded)
        _after = OrNull(wrappedValue: after?.bounded)
    }
}

/// What of the audit is asked for.
public struct AuditFilter: Codable, Sendable, Equatable {
    /// The entity, organization … that it is about; nil: whatever it is about.
    public var about: String?
    public var actorId: String?
    /// From this moment on.
    public var from: Timestamp?
    /// Before this moment.
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

/// Where one has read to in a list of entries, newest first: behind an entry.
public struct AuditCursor: Codable, Sendable, Equatable {
    public let at: Timestamp
    public let id: String

    public init(at: Timestamp, id: String) {
        self.at = at
        self.id = id
    }
}

/// Entries of one context, newest first, for whoever puts those of several together.
public struct AuditTailQuery: Codable, Sendable {
    /// How many entries of the whole are looked at: older ones are found by `from` and `to`.
    public static let maximumDepth = 1_000

    public let filter: AuditFilter
    /// How many at most; never more than `AuditLimits.answer`.
    public let limit: Int
    /// The last entry that is known already; nil: from the newest.
    public let before: AuditCursor?

    public init(filter: AuditFilter, limit: Int, before: AuditCursor? = nil) {
        self.filter = filter
        self.limit = limit
        self.before = before
    }
}

public struct AuditTail: Codable, Sendable {
    /// Newest first; fewer than were asked for if there are no more.
    public let entries: [AuditEntryBody]
    /// How many pass the filter, wherever one has read to, up to `AuditTailQuery.maximumDepth`:
    /// counting them all would cost more with every day.
    public let total: Int

    public init(entries: [AuditEntryBody], total: Int) {
        self.entries = entries
        self.total = total
    }
}

public enum AuditRoutes {
    /// The parameter that names what entries are about, and the context that owns such things.
    public static let subjects = [
        (parameter: "entityId", context: "entities"),
        (parameter: "organizationId", context: "organizations"),
        (parameter: "integrationId", context: "integrations"),
        (parameter: "workspaceId", context: "invitations"),
    ]

    public static let group = EndpointGroup(
        "Audit",
        "The proof of who gave, changed or took access: written with each change, never changed "
            + "itself.", [list])

    /// Each context answers for what it owns; the gateway finds the context by the parameter.
    public static let list = Endpoint(
        "listAudit", .get, "/api/audit",
        summary: "Who gave, changed or took access to what",
        details: "Newest first. Publishers read of their entity, admins of their organization, "
            + "managers of their integration, owners of their workspace, platform admins of all: "
            + "they may name nothing, and get the newest \(AuditTailQuery.maximumDepth) entries of "
            + "everything.",
        query: [
            Member("entityId", "What it is about; one of these four.", .id(like: "ent_")),
            // Without examples: only one of the four may be given.
            Member("organizationId", "What it is about."),
            Member("integrationId", "What it is about."),
            Member("workspaceId", "What it is about: a UUID."),
            Member("actorId", "Who did it."),
            Member("from", "From this moment on.", .time),
            Member("to", "Before this moment.", .time),
        ], answers: .list(of: AuditEntryBody.self),
        problems: [
            ProblemType(
                .notFound, "not_found",
                "It does not exist, or the caller may not know that it does."),
            .forbidden("admin_required", "Who names nothing must be a platform admin."),
            .forbidden("not_a_publisher", "The caller may see the entity but not its audit."),
            .forbidden(
                "not_an_organization_admin",
                "The caller belongs to the organization, but is neither owner nor admin of it."),
            .forbidden(
                "not_an_integration_manager",
                "The caller sees the integration, but neither owns it, nor is `data-wizard` or "
                    + "`admin` of the team that does."),
            .forbidden(
                "workspace_owner_required", "The caller is in the workspace and is not its owner."),
            .unavailable("access_unknown", "Whether the caller may see it can't be found out."),
        ] + ofServices)

    /// The gateway serves it, but other services answer.
    private static let ofServices = [
        ProblemType(
            .badUpstream, "bad_upstream_answer", "A service gave an answer that can't be used."),
        .unavailable("upstream_unavailable", "A service that this needs is not available."),
        ProblemType(.timeout, "upstream_timeout", "A service did not answer in time."),
    ]

    /// `POST` `AuditTailQuery` → `AuditTail`.
    public static let tail = Endpoint(
        "auditTail", .post, "/internal/audit/tail", access: .service, readsOnly: true,
        summary: "The newest entries of one context")
}
