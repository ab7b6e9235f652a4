import Contract
import Kernel

/// A URL that receives the events of a scope.
public struct WebhookBody: Codable, Sendable, Equatable {
    public let id: String
    public let url: String
    public let scope: EventScope
    /// With the scope `organization`.
    @OrNull public var organizationId: String?
    /// Types of events; `share.*` and the like mean several, `*` all.
    public let events: [String]
    /// The types that they stand for.
    public let receives: [String]
    public let enabled: Bool
    @OrNull public var disabledReason: WebhookDisabledReason?
    public let createdAt: Timestamp
    /// Only when it is new.
    public let secret: String?

    public init(
        id: String, url: String, scope: EventScope, organizationId: String?, events: [String],
        enabled: Bool, disabledReason: WebhookDisabledReason?, createdAt: Timestamp,
        secret: String? = nil
    ) {
        self.id = id
        self.url = url
        self.scope = scope
        _organizationId = OrNull(wrappedValue: organizationId)
        self.events = events
        receives = EventTypes.matching(events)
        self.enabled = enabled
        _disabledReason = OrNull(wrappedValue: disabledReason)
        self.createdAt = createdAt
        self.secret = secret
    }

    enum CodingKeys: String, CodingKey {
        case id, url, scope
        case organizationId = "organization_id"
        case events, receives, enabled
        case disabledReason = "disabled_reason"
        case createdAt = "created_at"
        case secret
    }
}

/// `POST /api/v1/webhooks`
public struct NewWebhookBody: Codable, Sendable {
    public let url: String
    public let scope: String?
    public let organizationId: String?
    public let events: [String]?
    public let enabled: Bool?

    public init(
        url: String, scope: String? = nil, organizationId: String? = nil,
        events: [String]? = nil, enabled: Bool? = nil
    ) {
        self.url = url
        self.scope = scope
        self.organizationId = organizationId
        self.events = events
        self.enabled = enabled
    }

    enum CodingKeys: String, CodingKey {
        case url, scope
        case organizationId = "organization_id"
        case events, enabled
    }
}

/// `PATCH /api/v1/webhooks/{id}`
public struct WebhookPatchBody: Codable, Sendable {
    public let url: Patch<String>
    public let events: Patch<[String]>
    public let enabled: Patch<Bool>

    public init(
        url: Patch<String> = .unchanged, events: Patch<[String]> = .unchanged,
        enabled: Patch<Bool> = .unchanged
    ) {
        self.url = url
        self.events = events
        self.enabled = enabled
    }
}

/// The delivery of an event to one webhook.
public struct DeliveryBody: Codable, Sendable, Equatable {
    public let eventId: String
    public let type: String
    public let status: DeliveryStatus
    public let attempts: Int
    @OrNull public var lastStatus: Int?
    @OrNull public var lastError: String?
    @OrNull public var nextAttemptAt: Timestamp?
    public let createdAt: Timestamp
    @OrNull public var deliveredAt: Timestamp?

    public init(
        eventId: String, type: String, status: DeliveryStatus, attempts: Int, lastStatus: Int?,
        lastError: String?, nextAttemptAt: Timestamp?, createdAt: Timestamp,
        deliveredAt: Timestamp?
    ) {
        self.eventId = eventId
        self.type = type
        self.status = status
        self.attempts = attempts
        _lastStatus = OrNull(wrappedValue: lastStatus)
        _lastError = OrNull(wrappedValue: lastError)
        _nextAttemptAt = OrNull(wrappedValue: nextAttemptAt)
        self.createdAt = createdAt
        _deliveredAt = OrNull(wrappedValue: deliveredAt)
    }

    enum CodingKeys: String, CodingKey {
        case eventId = "event_id"
        case type, status, attempts
        case lastStatus = "last_status"
        case lastError = "last_error"
        case nextAttemptAt = "next_attempt_at"
        case createdAt = "created_at"
        case deliveredAt = "delivered_at"
    }
}

/// `POST /api/v1/webhooks/{id}/test`
public struct WebhookTestBody: Codable, Sendable {
    public let type: String?

    public init(type: String? = nil) { self.type = type }
}

/// `POST /api/v1/webhooks/{id}/redeliver`
public struct RedeliverBody: Codable, Sendable {
    public let since: Timestamp
    public let until: Timestamp?
    public let events: [String]?

    public init(since: Timestamp, until: Timestamp? = nil, events: [String]? = nil) {
        self.since = since
        self.until = until
        self.events = events
    }
}

public struct RedeliveredBody: Codable, Sendable, Equatable {
    public let queued: Int

    public init(queued: Int) { self.queued = queued }
}
