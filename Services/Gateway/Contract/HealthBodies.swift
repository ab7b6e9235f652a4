import Contract
import Kernel

/// How the platform is.
public struct HealthBody: Codable, Sendable {
    /// The most webhooks that it names.
    public static let mostWebhooks = 100

    public let services: [ServiceHealthBody]
    /// Null if the service that sends them doesn't answer.
    @OrNull public var failingWebhooks: [FailingWebhookBody]?

    public init(services: [ServiceHealthBody], failingWebhooks: [FailingWebhookBody]?) {
        self.services = services
        _failingWebhooks = OrNull(wrappedValue: failingWebhooks)
    }
}

/// How one service is.
public struct ServiceHealthBody: Codable, Sendable {
    public enum Status: String, Codable, Sendable, CaseIterable {
        case up
        /// It is down, too slow, or says what it should not.
        case unreachable
    }

    /// Whether what a service has committed is also in the replica.
    public enum Replication: String, Codable, Sendable, CaseIterable {
        /// None is configured.
        case off
        case current
        /// Writes get 503 until it has caught up.
        case behind
    }

    public let name: String
    public let status: Status
    @OrNull public var replication: Replication?
    public let outboxes: [OutboxReport]

    /// - Parameter reply: nil if it is unreachable.
    public init(name: String, _ reply: OutboxesReply?) {
        self.name = name
        status = reply == nil ? .unreachable : .up
        let replication: Replication? = reply.map { reply in
            reply.isReplicated.map { $0 ? .current : .behind } ?? .off
        }
        _replication = OrNull(wrappedValue: replication)
        outboxes = reply?.outboxes ?? []
    }
}

/// A webhook that can't be reached, or that was disabled for it.
public struct FailingWebhookBody: Codable, Sendable {
    public let id: String
    public let ownerId: String
    public let url: String
    public let enabled: Bool
    @OrNull public var disabledReason: String?
    @OrNull public var failingSince: Timestamp?
    public let pending: Int
    public let attempts: Int
    @OrNull public var lastStatus: Int?
    @OrNull public var lastError: String?

    public init(
        id: String, ownerId: String, url: String, enabled: Bool, disabledReason: String?,
        failingSince: Timestamp?, pending: Int, attempts: Int, lastStatus: Int?,
        lastError: String?
    ) {
        self.id = id
        self.ownerId = ownerId
        self.url = url
        self.enabled = enabled
        self.pending = pending
        self.attempts = attempts
        _disabledReason = OrNull(wrappedValue: disabledReason)
        _failingSince = OrNull(wrappedValue: failingSince)
        _lastStatus = OrNull(wrappedValue: lastStatus)
        _lastError = OrNull(wrappedValue: lastError)
    }
}

extension HealthBody: Documented {
    public static let schemaName = "Health"
    public static let meaning = "How the platform is."

    public static var members: [Member] {
        [
            Member("services", "Every service, the gateway first."),
            Member(
                "failingWebhooks",
                "Webhooks of all users whose deliveries fail, or that were disabled for it: the "
                    + "first \(mostWebhooks); `null` if the invitations service, which sends them, "
                    + "is unreachable."),
        ]
    }
}

extension ServiceHealthBody: Documented {
    public static let schemaName = "ServiceHealth"
    public static let meaning = "How one service is."

    public static var members: [Member] {
        [
            Member("name", "The service.", example: "entities"),
            Member(
                "status", "`unreachable` if it is down or doesn't answer in time.",
                .words(Status.allCases)),
            Member(
                "replication",
                "Whether everything that it has committed is also in the replica: `off` if none is "
                    + "configured; while it is `behind`, writes get 503; `null` if it is "
                    + "unreachable.", .words(Replication.allCases)),
            Member("outboxes", "What waits for others; empty if it is unreachable."),
        ]
    }
}

extension OutboxReport: Documented {
    public static let schemaName = "Outbox"
    public static let meaning = "What waits for one receiver."

    public static var members: [Member] {
        [
            Member(
                "target",
                "A service; `subscribers` for events on their way to the feed and the webhooks; or "
                    + "`mail`.", example: "entities"),
            Member("pending", "Events or e-mails that wait.", example: 0),
            Member("oldest", "When the oldest of them was written; `null` if there is none."),
            Member("attempts", "Failed attempts since the last success.", example: 0),
            Member(
                "lastError", "Why the last attempt failed; `null` if it succeeded.",
                example: "the service does not answer"),
        ]
    }
}

extension FailingWebhookBody: Documented {
    public static let schemaName = "FailingWebhook"
    public static let meaning = "A webhook that can't be reached, or that was disabled for it."

    public static var members: [Member] {
        [
            Member("id", "The webhook.", .id("whk_")),
            Member("ownerId", "Whose it is.", .id("usr_")),
            Member(
                "url", "Where it leads, without the path, which may be secret.",
                example: "https://hooks.example.com"),
            Member("enabled", "Whether events are sent to it.", example: true),
            Member(
                "disabledReason", "Why we have disabled it; `null` if we haven't.",
                example: "failing"),
            Member(
                "failingSince", "Since when every delivery has failed; `null` if none has."),
            Member("pending", "Deliveries that wait.", example: 3),
            Member("attempts", "Failed attempts of the oldest of those.", example: 2),
            Member(
                "lastStatus", "The status of its last response; `null` if there was none.",
                example: 500),
            Member(
                "lastError", "Why the last attempt failed; `null` if none has.",
                example: "returned 500"),
        ]
    }
}
