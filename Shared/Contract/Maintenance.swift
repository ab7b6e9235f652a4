import Kernel

/// What a running service reports of itself to its operator; internal routes of each service.
public enum MaintenanceRoutes {
    /// `POST` `OutboxesQuery` → `OutboxesReply`.
    public static let outboxes = Endpoint(
        "reportOutboxes", .post, "/internal/maintenance/outboxes", access: .service,
        readsOnly: true, summary: "Report what waits in the outboxes")

    /// `POST` `VerificationQuery` → `VerificationReply`.
    public static let verification = Endpoint(
        "verifyDatabase", .post, "/internal/maintenance/verification", access: .service,
        readsOnly: true, summary: "Check the whole database, in the background")
}

/// Asks for all of them: an empty object.
public struct OutboxesQuery: Codable, Sendable {
    public init() {}
}

/// What waits in a service for others.
public struct OutboxesReply: Codable, Sendable {
    /// One for each receiver.
    public let outboxes: [OutboxReport]
    /// Whether everything committed is in the replica; null if there is none.
    @OrNull public var isReplicated: Bool?

    public init(outboxes: [OutboxReport], isReplicated: Bool?) {
        self.outboxes = outboxes
        _isReplicated = OrNull(wrappedValue: isReplicated)
    }
}

/// What waits for one receiver.
public struct OutboxReport: Codable, Sendable, Equatable {
    /// A service, `subscribers` for events on their way to the feed and the webhooks, or `mail`.
    public let target: String
    /// Events or mails that wait.
    public let pending: Int
    /// When the oldest of them was written.
    @OrNull public var oldest: Timestamp?
    /// Failed attempts since the last success.
    public let attempts: Int
    /// The last attempt's; null if it succeeded.
    @OrNull public var lastError: String?

    public init(
        target: String, pending: Int, oldest: Timestamp?, attempts: Int, lastError: String?
    ) {
        self.target = target
        self.pending = pending
        self.attempts = attempts
        _oldest = OrNull(wrappedValue: oldest)
        _lastError = OrNull(wrappedValue: lastError)
    }
}

/// Begins to check a database, or asks how far that is.
public struct VerificationQuery: Codable, Sendable {
    /// Of the check that was begun; nil begins one, or joins the one that runs.
    public let number: Int?

    public init(number: Int? = nil) { self.number = number }
}

/// How far a check of a database is.
public struct VerificationReply: Codable, Sendable {
    /// Of the check; asks for it again.
    public let number: Int
    /// Nil while it runs.
    @OrNull public var result: DatabaseReport?

    public init(number: Int, result: DatabaseReport?) {
        self.number = number
        _result = OrNull(wrappedValue: result)
    }
}

/// What a check of a whole database found.
public struct DatabaseReport: Codable, Sendable, Equatable {
    /// Steps of its schema.
    public let schema: Int
    /// SHA-256 over the digests of those steps: equal for databases of one release.
    public let digest: String
    /// Bytes of its file.
    public let bytes: Int
    /// In words; empty if all is well.
    public let problems: [String]

    public init(schema: Int, digest: String, bytes: Int, problems: [String]) {
        self.schema = schema
        self.digest = digest
        self.bytes = bytes
        self.problems = problems
    }
}
