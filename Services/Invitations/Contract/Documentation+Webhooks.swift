import Contract
import Kernel

extension WebhookBody: Documented {
    public static let meaning = "A URL that receives events."

    public static var members: [Member] {
        [
            Member("id", "A ULID with the prefix `whk_`.", .id("whk_")),
            Member("url", "The URL that receives events.", example: "https://example.com/latchkey"),
            Member("scope", "Whose events it receives.", .words(EventScope.allCases)),
            Member(
                "organization_id", "The organization, with the scope `organization`.",
                .id(like: "org_"), example: .null),
            Member("events", NewWebhookBody.eventsMeaning, .types),
            Member("receives", "The types of events that it receives.", .receivedTypes),
            Member("enabled", "Whether events are sent.", example: true),
            Member(
                "disabled_reason",
                "Why we disabled the webhook: `gone` if it returned 410, `failing` if every "
                    + "delivery has failed for \(WebhookLimits.failingDays) days, "
                    + "`not_permitted` if its owner can no longer have the events of its scope.",
                .words(WebhookDisabledReason.allCases), example: .null),
            Member("created_at", "When the webhook was created."),
            Member(
                "secret", "The secret that verifies signatures; shown only when it is new.",
                example: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="),
        ]
    }
}

extension NewWebhookBody: Documented {
    public static let meaning = "A new webhook."

    public static var members: [Member] {
        [
            url,
            Member(
                "scope",
                "Whose events it receives: those of what the caller owns, those of an "
                    + "organization that the caller owns or administers, or all (platform admins "
                    + "with the scope `events:read`). It can't be changed later.",
                .words(EventScope.allCases).falling(backTo: .string(EventScope.own.rawValue))),
            Member(
                "organization_id",
                "The organization; required with the scope `organization`, and only there.",
                .id(like: "org_").naming(.organization)),
            Member("events", eventsMeaning, .types.falling(backTo: ["*"])),
            Member(
                "enabled", "Whether events are sent.", .plain.falling(backTo: true),
                example: true),
        ]
    }

    fileprivate static let eventsMeaning =
        "Event types to send; `invitation.*` means all that begin like that, `*` all."
    fileprivate static let url = Member(
        "url",
        "The URL that receives events: http or https, with a public address.", .url,
        example: "https://example.com/latchkey")
}

extension WebhookPatchBody: Documented {
    public static let schemaName = "WebhookPatch"
    public static let meaning = "The fields to change."

    public static var members: [Member] {
        [
            NewWebhookBody.url,
            Member("events", NewWebhookBody.eventsMeaning, .types),
            Member("enabled", "Whether events are sent.", example: true),
        ]
    }
}

extension DeliveryBody: Documented {
    public static let schemaName = "WebhookDelivery"
    public static let meaning = "The delivery of an event to a webhook."

    public static var members: [Member] {
        [
            Member("event_id", "The event's id; `webhook-id` of the message.", .id("evt_")),
            Member(
                "type", "The event's type.",
                .words(EventTypes.testable, named: "EventType", example: "invitation.accepted")),
            Member("status", "The status.", .words(DeliveryStatus.allCases)),
            Member("attempts", "Number of attempts so far.", example: 1),
            Member("last_status", "HTTP status of the latest response.", example: 204),
            Member("last_error", "Why the latest attempt failed.", example: .null),
            Member("next_attempt_at", "When the next attempt is due.", example: .null),
            Member("created_at", "When the delivery was created."),
            Member("delivered_at", "When the event was delivered."),
        ]
    }
}

extension DeliveryDetailsBody: Extending {
    public static let schemaName = "WebhookDeliveryDetails"
    public static let meaning =
        "The delivery of an event to a webhook, with the request and the response of its latest "
        + "attempt."
    public static var base: any Documented.Type { DeliveryBody.self }

    public static var members: [Member] {
        DeliveryBody.members + [
            Member(
                "request",
                "The request of the latest attempt; null before the first one, and if that was "
                    + "before requests were recorded."),
            Member(
                "response",
                "The response to it; null if there was none: `last_error` says why."),
        ]
    }
}

extension DeliveryRequestBody: Documented {
    public static let schemaName = "WebhookRequest"
    public static let meaning = "A message as it was sent to a webhook."

    public static var members: [Member] {
        [
            Member("url", "The URL at that time.", example: "https://example.com/latchkey"),
            Member("sent_at", "When it was sent."),
            Member("headers", "Its header fields, without `webhook-signature`."),
            Member("body", "The bytes that were signed.", example: "{}"),
        ]
    }
}

extension DeliveryResponseBody: Documented {
    public static let schemaName = "WebhookResponse"
    public static let meaning = "What a webhook returned."

    public static var members: [Member] {
        [
            Member("status", "The HTTP status.", example: 204),
            Member("headers", "Some of its header fields."),
            Member(
                "body",
                "The first \(WebhookLimits.responseBytes) bytes of its body; what isn't UTF-8 is "
                    + "replaced.", example: ""),
            Member(
                "is_truncated",
                "Whether there is more of the body, or it didn't arrive within a second.",
                example: false),
            Member(
                "duration_ms", "Milliseconds from connecting until the response was read.",
                example: 87),
        ]
    }
}

extension DeliveryHeaderBody: Documented {
    public static let schemaName = "WebhookHeader"
    public static let meaning = "A header field."

    public static var members: [Member] {
        [
            Member("name", "The field's name in lower case.", example: "content-type"),
            Member("value", "The field's value.", example: "application/json"),
        ]
    }
}

extension WebhookTestBody: Documented {
    public static let schemaName = "WebhookTest"
    public static let meaning = "The test event to send."

    public static var members: [Member] {
        [
            Member(
                "type", "The event's type.",
                .words(EventTypes.testable, named: "EventType").falling(
                    backTo: .string(InvitationEvents.test)))
        ]
    }
}

extension RedeliverBody: Documented {
    public static let schemaName = "NewRedelivery"
    public static let meaning = "Which events to redeliver."

    public static var members: [Member] {
        [
            Member("since", "The earliest time of the events to redeliver."),
            Member("until", "The end of that time, exclusive; now unless given."),
            Member("events", "Only these types, as in a webhook's `events`.", .types),
        ]
    }
}

extension RedeliveredBody: Documented {
    public static let schemaName = "Redelivery"
    public static let meaning = "The events that are redelivered."

    public static var members: [Member] { [Member("queued", "Number of events.", example: 3)] }
}

extension EventFeedBody: Documented {
    public static let schemaName = "EventFeed"
    public static let meaning = "A page of events, oldest first."

    public static var members: [Member] {
        [
            Member("data", "The events."),
            Member("next_after", "The value of `after` for the next page.", example: 42),
            Member("has_more", "Whether there are more events now.", example: false),
        ]
    }
}

extension EventBody: Documented {
    public static let meaning = "An event."

    public static var members: [Member] {
        EventMembers.all(type: .words(EventTypes.testable, named: "EventType")) + [
            Member("data", "Details, depending on the type.", example: .object([]))
        ]
    }
}

extension TypedEventBody: Extending {
    /// What all events have.
    public static var base: any Documented.Type { EventEnvelopeBody.self }

    /// The content's name without `Data`.
    public static var schemaName: String { String(Content.schemaName.dropLast(4)) }
    public static var meaning: String { "An event." }

    public static var members: [Member] {
        EventMembers.all(
            type: .words(
                EventCatalog.types(of: Content.self), named: schemaName + "Type")
        ) + [Member("data", Content.meaning)]
    }
}

enum EventMembers {
    /// - Parameter type: the types that it can have.
    static func all(type: Rule) -> [Member] {
        [envelope[0], Member("type", "The event's type.", type)] + envelope.dropFirst()
    }

    static let envelope = [
        Member("id", "The event's id, the same in every attempt.", .id("evt_")),
        Member("created_at", "When the event occurred."),
        Member(
            "sequence",
            "The event's number among all events; greater than those of earlier ones.",
            example: 42),
        Member(
            "actor_id", "The user who did it; null for changes by us.", .id(like: "usr_")),
        Member(
            "acting_id", "The platform admin whose token acted for that user.",
            .id(like: "usr_"), example: .null),
        Member("subject", "What it happened to."),
        Member(
            "parent", "What that belongs to: the entity of an invitation, for example.",
            example: .null),
    ]
}

extension EventEnvelopeBody: Documented {
    public static let meaning = "What all events have."
    public static let members = EventMembers.envelope
}

extension InvitationEventData: Documented {
    public static let schemaName = "InvitationEventData"
    public static let meaning = "The invitation after the event."

    public static var members: [Member] {
        [
            Member("invitation_id", "The invitation's id.", .id("inv_")),
            Member("entity_id", "The entity's id.", .id("ent_")),
            Member("email", "The invited address.", example: "founder@example.com"),
            Member("role", "The role the invitee will get.", .words(CollaboratorRole.allCases)),
            Member("status", "The status.", .words(InvitationStatus.allCases)),
            Member("invited_by", "The user who last sent the invitation.", .id("usr_")),
            Member("expires_at", "When the invitation expires."),
            Member("email_sent", "Whether the invitation was sent by e-mail.", example: true),
            Member("user_id", "The user who accepted the invitation.", .id("usr_")),
        ]
    }
}

extension CollaboratorEventData: Documented {
    public static let schemaName = "CollaboratorEventData"
    public static let meaning = "The collaborator who was added or removed."

    public static var members: [Member] {
        [
            Member("entity_id", "The entity's id.", .id("ent_")),
            Member("user_id", "The user's id.", .id("usr_")),
            Member("role", "The collaborator's role.", .words(CollaboratorRole.allCases)),
        ]
    }
}

extension Rule {
    /// A type of events, all that begin alike, or all.
    static var eventPattern: Rule {
        var rule = Rule()
        rule.pattern = EventTypes.pattern
        rule.hint = "a type, `share.*` for all that begin like that, or `*` for all"
        rule.example = .string(EventTypes.everything)
        return rule
    }

    fileprivate static var types: Rule {
        var rule = Rule.list(WebhookLimits.types, of: .eventPattern)
        rule.example = ["*"]
        return rule
    }

    fileprivate static var receivedTypes: Rule {
        var rule = Rule()
        rule.items = .each(.words(EventTypes.testable, named: "EventType"))
        rule.example = ["invitation.sent"]
        return rule
    }

    fileprivate static var url: Rule {
        var rule = Rule()
        rule.format = "uri"
        return rule
    }
}
