import Contract
import Kernel

/// The public routes by which owners hear of what happens to their entities.
public enum WebhookRoutes {
    static let write = ["webhooks:write"]

    public static let groups = [webhooks, deliveries, events]

    public static let all: [Endpoint] = groups.flatMap(\.endpoints)

    static let webhook = Member("id", "The webhook.", .id("whk_"))

    static let hostsBusy = ProblemType.unavailable(
        "webhook_hosts_busy", "Too many hosts are looked up at the moment.")

    // MARK: Webhooks

    static let webhooks = EndpointGroup(
        "Webhooks",
        "Where the caller is told of what happens to the entities and workspaces that he owns, as "
            + "Standard Webhooks (https://www.standardwebhooks.com) says: a POST of the event, "
            + "signed in `webhook-signature`, with the same `webhook-id` at each attempt. 2xx "
            + "within 15 s is success: the status line decides, whatever becomes of the rest of "
            + "the answer. Otherwise it is tried again, for up to three days, and not before "
            + "`Retry-After` (seconds or a date, up to a day). What "
            + "happens to one of them is told in order where the receiver keeps up; `sequence` "
            + "counts all events of the owner. Several webhooks with the same URL get an event "
            + "once. Deliveries to one host and port are limited, over all owners: what exceeds "
            + "the limit is sent later. 410, or five days without a success, disable the webhook.",
        path: [webhook],
        [
            createWebhook, listWebhooks, getWebhook, changeWebhook, deleteWebhook,
            rotateWebhookSecret, testWebhook,
        ])

    public static let createWebhook = Endpoint(
        "createWebhook", .post, "/api/v1/webhooks", scopes: write,
        summary: "Be told of events",
        details: "The answer holds the `secret` to verify messages with, this once. A repeated "
            + "request gets its answer without it.",
        takes: .json(NewWebhookBody.self), answers: .created(WebhookBody.self),
        problems: [
            InvitationRoutes.userDeleted,
            .conflict(
                "too_many_webhooks", "A user has at most \(WebhookLimits.perUser) webhooks."),
            hostsBusy,
        ])
    public static let listWebhooks = Endpoint(
        "listWebhooks", .get, "/api/v1/webhooks", summary: "The caller's webhooks",
        details: "Newest first.", answers: .snakeList(of: WebhookBody.self))
    public static let getWebhook = Endpoint(
        "getWebhook", .get, "/api/v1/webhooks/{id}", summary: "One webhook",
        answers: .ok(WebhookBody.self, "The webhook."))
    public static let changeWebhook = Endpoint(
        "changeWebhook", .patch, "/api/v1/webhooks/{id}", scopes: write,
        summary: "Change a webhook",
        details: "Disabled, it is told of nothing, and what waits for it has failed.",
        takes: .json(WebhookPatchBody.self),
        answers: .ok(WebhookBody.self, "The webhook as it is now."),
        problems: [InvitationRoutes.userDeleted, hostsBusy])
    public static let deleteWebhook = Endpoint(
        "deleteWebhook", .delete, "/api/v1/webhooks/{id}", scopes: write,
        summary: "Be told no more", answers: .noContent,
        problems: [InvitationRoutes.userDeleted])
    public static let rotateWebhookSecret = Endpoint(
        "rotateWebhookSecret", .post, "/api/v1/webhooks/{id}/rotate-secret", scopes: write,
        summary: "Get another secret",
        details: "For \(WebhookLimits.formerSecretHours) h more, messages are signed with the "
            + "former one too. A repeated request gets its answer without the secret.",
        answers: .ok(WebhookBody.self, "The webhook with its new secret."),
        problems: [
            InvitationRoutes.userDeleted,
            .conflict(
                "too_many_rotations", "\(WebhookLimits.secrets) secrets are good at the moment."),
        ])
    public static let testWebhook = Endpoint(
        "testWebhook", .post, "/api/v1/webhooks/{id}/test", scopes: write,
        summary: "Send an event of type `webhook.test`",
        details: "Also to one that is disabled. What becomes of it is in its deliveries.",
        answers: .accepted(DeliveryBody.self, "It is on its way."),
        problems: [
            InvitationRoutes.userDeleted,
            .conflict("test_pending", "A test of this webhook is on its way already."),
        ])

    static let disabled = ProblemType.conflict(
        "webhook_disabled", "The webhook is disabled.")
    static let tooManyWaiting = ProblemType.conflict(
        "too_many_deliveries",
        "\(WebhookLimits.waiting) deliveries of the webhook are pending already.")

    // MARK: Deliveries

    static let deliveries = EndpointGroup(
        "Deliveries",
        "What became of each event at a webhook, for \(WebhookLimits.keptDays) days.",
        path: [webhook, Member("eventId", "The event.", .id("evt_"))],
        [listDeliveries, redeliver, redeliverAll])

    public static let listDeliveries = Endpoint(
        "listDeliveries", .get, "/api/v1/webhooks/{id}/deliveries",
        summary: "What became of events at a webhook", details: "Newest first.",
        query: [
            Member(
                "status", "Only those with this status.", .words(WebhookWords.deliveryStatuses))
        ], answers: .snakeList(of: DeliveryBody.self))
    public static let redeliver = Endpoint(
        "redeliver", .post, "/api/v1/webhooks/{id}/deliveries/{eventId}/redeliver",
        scopes: write, summary: "Send an event once more",
        details: "With the same `webhook-id`, and tried again as often as at first.",
        answers: .accepted(DeliveryBody.self, "It is on its way."),
        problems: [InvitationRoutes.userDeleted, disabled, tooManyWaiting])
    public static let redeliverAll = Endpoint(
        "redeliverAll", .post, "/api/v1/webhooks/{id}/redeliver", scopes: write,
        summary: "Send all that a webhook has missed since a time",
        details: "What has failed, and what happened while it was disabled; not what another "
            + "webhook with the same URL has got. The oldest first, until "
            + "\(WebhookLimits.waiting) deliveries are pending.",
        takes: .json(RedeliverBody.self),
        answers: .accepted(RedeliveredBody.self, "They are on their way."),
        problems: [InvitationRoutes.userDeleted, disabled])

    // MARK: The feed

    static let events = EndpointGroup(
        "Events", "The same events for whoever would rather fetch them.", [listEvents])

    public static let listEvents = Endpoint(
        "listEvents", .get, "/api/v1/events",
        summary: "What happened to the entities that the caller owned",
        details: "In the order in which it happened, for \(WebhookLimits.keptDays) days. Ask again "
            + "`after` the `next_after` of the answer; where `has_more` is false, later.",
        query: [
            Member(
                "after", "Only those with a greater `sequence`.",
                .number(0...WebhookLimits.maximumSequence, else: 0)),
            Member(
                "limit", "How many at most.",
                .number(WebhookLimits.feed, else: WebhookLimits.feed.upperBound)),
        ], answers: .ok(EventFeedBody.self, "The next events."))
}

public enum WebhookLimits {
    public static let perUser = 50
    /// Types that one webhook names.
    public static let types = 1...20
    /// How long the secret before the last is used besides.
    public static let formerSecretHours = 24
    /// Secrets that are good at once.
    public static let secrets = 5
    /// Deliveries of one webhook that are pending at once.
    public static let waiting = 10_000
    /// How long events and deliveries are kept.
    public static let keptDays = 30
    /// Events of one answer of the feed.
    public static let feed = 1...100
    /// JSON's numbers are exact so far.
    public static let maximumSequence = 1 << 53
    /// Without a success, until a webhook is disabled.
    public static let failingDays = 5
}

public enum WebhookWords {
    public static let deliveryStatuses = ["pending", "delivered", "failed"]
    /// Why a webhook was disabled by us: its receiver answered 410, or nothing for days.
    public static let disabledReasons = ["gone", "failing"]
    /// What a webhook can name.
    public static let types =
        [InvitationEvents.everything] + InvitationEvents.all + WorkspaceEvents.all
}
