import Contract
import Kernel

/// The changes of webhooks that the audit records.
public enum WebhookChange: String, AuditedChange {
    case created = "webhook.created"
    case changed = "webhook.changed"
    case secretRotated = "webhook.secret_rotated"
    case deleted = "webhook.deleted"

    public var declaration: ChangeDeclaration {
        switch self {
        case .created: .change("A webhook was created.", shows: WebhookState.self)
        case .changed:
            .change("A webhook was changed, or disabled by us.", shows: WebhookState.self)
        case .secretRotated:
            .change("A webhook's secret was rotated.", shows: WebhookState.self)
        case .deleted: .change("A webhook was deleted.", shows: WebhookState.self)
        }
    }
}

public enum WebhookState: AuditedState {
    public static let meaning = "A webhook, without its secret."

    public static let members = [
        StateMember("scope", "Whose events it receives.", .words(EventScope.allCases)),
        StateMember(
            "organizationId", "The organization, with the scope `organization`.",
            .id(like: "org_"), .text, .orNull, example: .null),
        StateMember(
            "url", "The URL that receives events, without its user and query.", .plain, .longText,
            example: "https://example.com/latchkey"),
        StateMember(
            "events", "Event types that it receives; `*` means all.", .plain, .list,
            example: ["*"]),
        StateMember("enabled", "Whether events are sent.", .plain, .flag, example: true),
        StateMember(
            "disabledReason", "Why we disabled the webhook.",
            .words(WebhookDisabledReason.allCases), .text, .orNull, example: .null),
    ]
}
