import Contract
import Kernel

/// The public routes of webhooks and of the event feed.
public enum WebhookRoutes {
    static let write = ["webhooks:write"]

    public static let groups = [webhooks, deliveries, events]

    public static let all: [Endpoint] = groups.flatMap(\.endpoints)

    static let webhook = Member("id", "The webhook's id.", .id("whk_"))

    // MARK: Webhooks

    static let webhooks = EndpointGroup(
        "Webhooks",
        "Webhooks receive the events of what the caller owns; with the scope `organization` those "
            + "of an organization that the caller owns or administers, and with `platform` all, "
            + "which is for platform admins with the scope `events:read`. Both are checked again "
            + "all the time: a webhook of somebody who is no longer an admin receives nothing, "
            + "and is disabled. We follow Standard Webhooks "
            + "(https://www.standardwebhooks.com): each event is a POST, signed in "
            + "`webhook-signature`, with the same `webhook-id` in every attempt. A 2xx "
            + "status within 15 s is a success, whatever the rest of the response is. Anything "
            + "else is retried for up to three days, and not before `Retry-After` (seconds or a "
            + "date, at most a day). Events of the same `parent`, or of the same `subject` where "
            + "there is none, are sent in order as long as the receiver keeps up; `sequence` "
            + "numbers all events. Several of a user's webhooks with the same URL receive an "
            + "event once. Deliveries to one host and port are rate-limited across all "
            + "owners: excess deliveries are sent later. A webhook is "
            + "disabled if it returns 410, or if every delivery has failed for "
            + "\(WebhookLimits.failingDays) days.",
        path: [webhook],
        [
            createWebhook, listWebhooks, getWebhook, updateWebhook, deleteWebhook,
            rotateWebhookSecret, testWebhook,
        ])

    public static let createWebhook = Endpoint(
        "createWebhook", .post, "/api/v1/webhooks", scopes: write,
        summary: "Create a webhook",
        details: "The response contains the `secret` that verifies signatures. It is shown only "
            + "once: the response to a repeated request omits it.",
        takes: .json(NewWebhookBody.self), answers: .created(WebhookBody.self),
        problems: [
            .userDeleted, WebhookProblems.tooMany, WebhookProblems.hostsBusy,
            WebhookProblems.notOrganizationAdmin, .insufficientScope,
        ])
    public static let listWebhooks = Endpoint(
        "listWebhooks", .get, "/api/v1/webhooks", summary: "List the caller's webhooks",
        details: "Newest first.", answers: .snakeList(of: WebhookBody.self))
    public static let getWebhook = Endpoint(
        "getWebhook", .get, "/api/v1/webhooks/{id}", answersAtOnce: .always,
        summary: "Get a webhook",
        answers: .ok(WebhookBody.self, "The webhook."))
    public static let updateWebhook = Endpoint(
        "updateWebhook", .patch, "/api/v1/webhooks/{id}", scopes: write,
        summary: "Update a webhook",
        details: "Disabling a webhook stops its deliveries; pending ones fail.",
        takes: .json(WebhookPatchBody.self),
        answers: .ok(WebhookBody.self, "The updated webhook."),
        problems: [
            .userDeleted, WebhookProblems.hostsBusy, WebhookProblems.notOrganizationAdmin,
        ])
    public static let deleteWebhook = Endpoint(
        "deleteWebhook", .delete, "/api/v1/webhooks/{id}", scopes: write,
        summary: "Delete a webhook", answers: .noContent,
        problems: [.userDeleted])
    public static let rotateWebhookSecret = Endpoint(
        "rotateWebhookSecret", .post, "/api/v1/webhooks/{id}/rotate-secret", scopes: write,
        summary: "Rotate the secret",
        details: "Messages are also signed with the previous secret for another "
            + "\(WebhookLimits.formerSecretHours) hours. The response to a repeated request omits "
            + "the secret.",
        answers: .ok(WebhookBody.self, "The webhook with its new secret."),
        problems: [.userDeleted, WebhookProblems.tooManyRotations])
    public static let testWebhook = Endpoint(
        "testWebhook", .post, "/api/v1/webhooks/{id}/test", scopes: write,
        summary: "Send a test event",
        details: "Sends an event of the given type to this webhook alone, even if it is disabled "
            + "or doesn't subscribe to the type. Everything in it is the example of this "
            + "reference; `webhook.test` has the webhook's id. The result appears in its "
            + "deliveries.",
        takes: .optional(WebhookTestBody.self),
        answers: .accepted(DeliveryBody.self, "The delivery is queued."),
        problems: [.userDeleted, WebhookProblems.testPending])

    // MARK: Deliveries

    static let deliveries = EndpointGroup(
        "Deliveries",
        "Deliveries of events to a webhook, kept for \(WebhookLimits.keptDays) days.",
        path: [webhook, Member("eventId", "The event's id.", .id("evt_"))],
        [listWebhookDeliveries, getWebhookDelivery, redeliverEvent, redeliverEvents])

    public static let listWebhookDeliveries = Endpoint(
        "listWebhookDeliveries", .get, "/api/v1/webhooks/{id}/deliveries",
        summary: "List a webhook's deliveries", details: "Newest first.",
        query: [
            Member("status", "Only deliveries with this status.", .words(DeliveryStatus.allCases))
        ], answers: .snakeList(of: DeliveryBody.self))
    public static let getWebhookDelivery = Endpoint(
        "getWebhookDelivery", .get, "/api/v1/webhooks/{id}/deliveries/{eventId}",
        answersAtOnce: .always, summary: "Get a delivery with its latest request and response",
        answers: .ok(DeliveryDetailsBody.self, "The delivery."))
    public static let redeliverEvent = Endpoint(
        "redeliverEvent", .post, "/api/v1/webhooks/{id}/deliveries/{eventId}/redeliver",
        scopes: write, summary: "Redeliver an event",
        details: "Sends the event again with the same `webhook-id` and a new series of retries.",
        answers: .accepted(DeliveryBody.self, "The delivery is queued."),
        problems: [
            .userDeleted, WebhookProblems.disabled,
            WebhookProblems.tooManyDeliveries,
        ])
    public static let redeliverEvents = Endpoint(
        "redeliverEvents", .post, "/api/v1/webhooks/{id}/redeliver", scopes: write,
        summary: "Redeliver all missed events since a given time",
        details: "Sends events whose delivery failed and events that occurred while the webhook "
            + "was disabled, from `since` until `until`, of all subscribed types or of those in "
            + "`events`, except those that another webhook with the same URL has received. "
            + "Oldest first, until \(WebhookLimits.waiting) deliveries are pending.",
        takes: .json(RedeliverBody.self),
        answers: .accepted(RedeliveredBody.self, "The deliveries are queued."),
        problems: [.userDeleted, WebhookProblems.disabled])

    // MARK: The feed

    static let events = EndpointGroup(
        "Events",
        "The same events as a feed to poll. It begins with the first event and is complete: who "
            + "has access to what follows from it.", [listEvents])

    public static let listEvents = Endpoint(
        "listEvents", .get, "/api/v1/events",
        summary: "List the events of what the caller owns, of an organization, or all",
        details: "Oldest first, unless `order` is `desc`. To get the next events, pass "
            + "`next_after` of the response as `after`, also if there are no events in it; if "
            + "`has_more` is false, wait before asking again. The scope `organization` is for its "
            + "owners and admins, `platform` for platform admins with the scope `events:read`.",
        query: [
            Member(
                "scope", "Whose events.",
                .words(EventScope.allCases).falling(backTo: .string(EventScope.own.rawValue))),
            Member(
                "organization_id", "The organization, with the scope `organization`.",
                .id(like: "org_").naming(.organization)),
            Member(
                "type", "Only events of this type, or of those that begin alike (`invitation.*`).",
                .eventPattern),
            Member(
                "subject",
                "Only events whose `subject` or `parent` has this id.", .id(like: "ent_")),
            Member(
                "order", "`asc`: oldest first; `desc`: newest first.",
                .words(EventOrder.allCases)
                    .falling(backTo: .string(EventOrder.ascending.rawValue))),
            Member(
                "after",
                "Only events with a greater `sequence` or, if `order` is `desc`, a smaller one.",
                .number(0...WebhookLimits.maximumSequence, else: 0)),
            Member(
                "limit", "Maximum number of events.",
                .number(WebhookLimits.feed, else: WebhookLimits.feed.upperBound)),
        ], answers: .ok(EventFeedBody.self, "The next events."),
        problems: [
            WebhookProblems.notOrganizationAdmin, WebhookProblems.eventsExpired, .insufficientScope,
        ])
}
