import Contract
import Kernel

extension WebhookBody: Documented {
    public static let meaning = "Where a subscriber is told of events."

    public static var members: [Member] {
        [
            Member("id", "Never changes.", .id("whk_")),
            Member("url", "Where to.", example: "https://example.com/latchkey"),
            Member("events", "Of which types; `*` stands for all.", .types),
            Member("enabled", "Whether it is told of anything.", example: true),
            Member(
                "disabled_reason",
                "Why we have disabled it: `gone`, it answered 410; `failing`, it took nothing for "
                    + "\(WebhookLimits.failingDays) days.",
                .words(WebhookWords.disabledReasons), example: .null),
            Member("created_at", "When it was made."),
            Member(
                "secret", "What messages are verified with: keep it. Only where it is new.",
                example: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="),
        ]
    }
}

extension NewWebhookBody: Documented {
    public static let meaning = "A webhook to be."

    public static var members: [Member] {
        [
            url,
            Member("events", "Of which types; `*` stands for all.", .types.falling(backTo: ["*"])),
            Member(
                "enabled", "Whether it is told of anything.", .plain.falling(backTo: true),
                example: true),
        ]
    }

    fileprivate static let url = Member(
        "url",
        "Where to: http or https, at an address on the internet.", .url,
        example: "https://example.com/latchkey")
}

extension WebhookPatchBody: Documented {
    public static let schemaName = "WebhookPatch"
    public static let meaning = "What is to be changed; what is not mentioned stays."

    public static var members: [Member] {
        [
            NewWebhookBody.url,
            Member("events", "Of which types; `*` stands for all.", .types),
            Member("enabled", "Whether it is told of anything.", example: true),
        ]
    }
}

extension DeliveryBody: Documented {
    public static let meaning = "What became of an event at a webhook."

    public static var members: [Member] {
        [
            Member("event_id", "The event; `webhook-id` of the message.", .id("evt_")),
            Member("type", "Of the event.", example: "invitation.accepted"),
            Member("status", "How it stands.", .words(WebhookWords.deliveryStatuses)),
            Member("attempts", "How often it was tried.", example: 1),
            Member("last_status", "What the receiver answered last.", example: 204),
            Member("last_error", "Why the last attempt failed.", example: .null),
            Member("next_attempt_at", "When it is tried next.", example: .null),
            Member("created_at", "When it was due first."),
            Member("delivered_at", "When it was taken."),
        ]
    }
}

extension RedeliverBody: Documented {
    public static let meaning = "What is to be sent again."

    public static var members: [Member] {
        [Member("since", "All events from this moment on.")]
    }
}

extension RedeliveredBody: Documented {
    public static let meaning = "What is sent again."

    public static var members: [Member] { [Member("queued", "How many events.", example: 3)] }
}

extension EventFeedBody: Documented {
    public static let schemaName = "EventFeed"
    public static let meaning = "Events, in the order in which they happened."

    public static var members: [Member] {
        [
            Member("data", "The events."),
            Member("next_after", "What to ask for next: `after`.", example: 42),
            Member("has_more", "Whether there are more already.", example: false),
        ]
    }
}

extension EventBody: Documented {
    public static let meaning = "Something that happened."

    public static var members: [Member] {
        EventMembers.ofAll + [
            Member("data", "What happened, as its type says.", example: .object([]))
        ]
    }
}

extension TypedEventBody: Documented {
    /// That of what it holds, without `Data`.
    public static var schemaName: String { String(Content.schemaName.dropLast(4)) }
    public static var meaning: String { "Something that happened." }

    public static var members: [Member] {
        EventMembers.ofAll + [Member("data", Content.meaning)]
    }
}

enum EventMembers {
    static let ofAll = [
        Member("id", "Never changes, also when it is told again.", .id("evt_")),
        Member("type", "What happened.", example: "invitation.sent"),
        Member("created_at", "When it happened."),
        Member(
            "sequence", "Counts the events of the owner, from 1 without gaps, in order.",
            example: 42),
    ]
}

extension InvitationEventData: Documented {
    public static let schemaName = "InvitationEventData"
    public static let meaning = "An invitation, as an event tells of it."

    public static var members: [Member] {
        [
            Member("invitation_id", "The invitation.", .id("inv_")),
            Member("entity_id", "The entity.", .id("ent_")),
            Member("email", "Who is invited.", example: "founder@example.com"),
            Member("role", "What he is to be.", .words(InvitationWords.roles)),
            Member("status", "Where it stands.", .words(InvitationWords.statuses)),
            Member("invited_by", "The owner who sent it last.", .id("usr_")),
            Member("expires_at", "Until when it can be accepted."),
            Member("email_sent", "Whether a mail brings it to the invitee.", example: true),
            Member("user_id", "Who has accepted it.", .id("usr_")),
        ]
    }
}

extension CollaboratorEventData: Documented {
    public static let schemaName = "CollaboratorEventData"
    public static let meaning = "A collaborator, as an event tells of him."

    public static var members: [Member] {
        [
            Member("entity_id", "The entity.", .id("ent_")),
            Member("user_id", "The user.", .id("usr_")),
            Member("role", "What he is.", .words(InvitationWords.roles)),
        ]
    }
}

extension Rule {
    fileprivate static var types: Rule {
        var rule = Rule.list(WebhookLimits.types, of: .words(WebhookWords.types))
        rule.example = ["*"]
        return rule
    }

    fileprivate static var url: Rule {
        var rule = Rule()
        rule.format = "uri"
        return rule
    }
}
