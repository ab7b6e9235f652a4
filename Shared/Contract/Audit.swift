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
        _before = OrNull(wrappedValue: before)
        _after = OrNull(wrappedValue: after)
    }
}

/// What the audit shows of a thing at a moment: its members that matter to access, which depend on
/// the kind of thing.
public struct AuditSnapshot: Codable, Sendable, Equatable, ExpressibleByDictionaryLiteral, FreeForm
{
    public let members: [String: AuditValue]

    public init() { members = [:] }

    public init(dictionaryLiteral elements: (String, AuditValue)...) {
        members = Dictionary(elements) { $1 }
    }

    public init(from decoder: any Decoder) throws {
        members = try decoder.singleValueContainer().decode([String: AuditValue].self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(members)
    }
}

/// A member of what the audit shows of a thing.
public enum AuditValue: Codable, Sendable, Equatable {
    case null
    case bool(Bool)
    case number(Int)
    case text(String)
    case list([String])

    public static func text(_ text: String?) -> AuditValue {
        guard let text else { return .null }
        return .text(text as String)
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let flag = try? container.decode(Bool.self) {
            self = .bool(flag)
        } else if let number = try? container.decode(Int.self) {
            self = .number(number)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else {
            self = .list(try container.decode([String].self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let flag): try container.encode(flag)
        case .number(let number): try container.encode(number)
        case .text(let text): try container.encode(text)
        case .list(let texts): try container.encode(texts)
        }
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

/// The newest entries of one context, for the gateway, which puts those of all together.
public struct AuditTailQuery: Codable, Sendable {
    /// How many entries of each context are looked at: older ones are found by `from` and `to`.
    public static let maximumDepth = 1_000

    public let filter: AuditFilter
    /// How many at most; never more than `maximumDepth`.
    public let limit: Int

    public init(filter: AuditFilter, limit: Int) {
        self.filter = filter
        self.limit = limit
    }
}

public struct AuditTail: Codable, Sendable {
    /// Newest first.
    public let entries: [AuditEntryBody]
    /// How many there are, up to `AuditTailQuery.maximumDepth`: counting them all would cost more
    /// with every day.
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
            Documentation.Cause(
                404, "not_found", "It does not exist, or the caller may not know that it does."),
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
        Documentation.Cause(
            502, "bad_upstream_answer", "A service gave an answer that can't be used."),
        .unavailable("upstream_unavailable", "A service that this needs is not available."),
        Documentation.Cause(504, "upstream_timeout", "A service did not answer in time."),
    ]

    /// `POST` `AuditTailQuery` → `AuditTail`.
    public static let tail = Endpoint(
        "auditTail", .post, "/internal/audit/tail", access: .service, readsOnly: true,
        summary: "The newest entries of one context")
}
