import Kernel

/// An event for another service: delivered at least once, applied once by its id.
public struct InternalEvent: Codable, Sendable, Equatable {
    /// `evt_…`
    public let id: String
    /// For example `user.deleted`; its sender's Contract says what `data` then holds.
    public let type: String
    /// When it happened.
    public let at: Timestamp
    /// JSON.
    public let data: String

    public init(id: String, type: String, at: Timestamp, data: String) {
        self.id = id
        self.type = type
        self.at = at
        self.data = data
    }

    /// Where every context takes events. Answers `Receipt`.
    public static let deliver = Endpoint(
        "deliverEvent", .post, "/internal/events", access: .service, readsOnly: false,
        summary: "Receive an event from another service")

    /// The answer to a delivered event.
    public struct Receipt: Codable, Sendable {
        /// False if it was known already, or is of no interest here.
        public let applied: Bool

        public init(applied: Bool) { self.applied = applied }
    }
}

/// Who caused an event, for the audit entries of the services that receive it.
public struct EventActor: Codable, Sendable, Equatable {
    /// `usr_…`
    public let userId: String
    /// `tok_…`
    public let tokenId: String
    /// The platform admin who acted for the user; nil if nobody did.
    public let actingId: String?
    /// The request that caused the event.
    public let requestId: String

    public init(_ caller: Caller) {
        userId = caller.userId
        tokenId = caller.tokenId
        actingId = caller.isActedFor ? caller.actingId : nil
        requestId = caller.requestId
    }

    /// For the audit entries of what follows from the event; without scopes' limits.
    public var caller: Caller {
        Caller(
            userId: userId, scopes: [], tokenId: tokenId, actingId: actingId ?? "",
            requestId: requestId)
    }
}
