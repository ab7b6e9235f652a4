import Contract
import InvitationsContract
import Kernel

/// Where a user is told of what happens to what he owns.
struct Webhook: Sendable, Equatable {
    enum DisabledReason: String, Sendable, CaseIterable {
        /// Its receiver has answered 410.
        case gone
        /// It has taken nothing for days.
        case failing
    }

    let id: String
    let ownerId: String
    var url: String
    /// Types of events; `*` alone for all.
    var events: [String]
    var isEnabled: Bool
    var disabledReason: DisabledReason?
    /// When the first attempt after its last success failed.
    var failingSince: Timestamp?
    let createdAt: Timestamp

    /// Those of an owner's webhooks that get an event: each URL once, by the oldest of those that
    /// listen to it.
    /// - Parameter key: the same for all spellings of a webhook's URL.
    static func listeners(
        to type: String, among webhooks: [Webhook], by key: (Webhook) -> String
    ) -> [Webhook] {
        var keys: Set<String> = []
        return webhooks.sorted { $0.id < $1.id }.filter { webhook in
            webhook.isEnabled
                && (webhook.events.contains(type)
                    || webhook.events.contains(InvitationEvents.everything))
                && keys.insert(key(webhook)).inserted
        }
    }

    /// Whether it is what it was when something was sent to it.
    func isAt(_ other: Webhook) -> Bool { url == other.url && isEnabled == other.isEnabled }

    /// Without its path and query, which may hold a secret of the subscriber's: for audits and
    /// mails.
    var shownURL: String {
        let parts = url.split(separator: "/", maxSplits: 2)
        guard parts.count > 1 else { return url }
        let origin = parts[1].prefix { $0 != "?" }
        return "\(parts[0])//\(origin)/…"
    }

    static let tooManySecrets = Fault(
        .conflict, code: "too_many_rotations",
        "\(WebhookLimits.secrets) secrets are good at the moment: wait for the first to end.")
    static let disabled = Fault(
        .conflict, code: "webhook_disabled", "The webhook is disabled: enable it first.")
    static let testPending = Fault(
        .conflict, code: "test_pending", "A test of this webhook is on its way already.")
    static let tooManyWaiting = Fault(
        .conflict, code: "too_many_deliveries",
        "\(WebhookLimits.waiting) deliveries of this webhook are pending. Try again when there are "
            + "fewer.")
    static let tooMany = Fault(
        .conflict, code: "too_many_webhooks",
        "You may have at most \(WebhookLimits.perUser) webhooks.")
}

/// A valid wish for a new webhook, but for where it leads.
struct WebhookDraft: Sendable, Equatable {
    let url: String
    let events: [String]
    let isEnabled: Bool

    init(url: String, events: [String]?, isEnabled: Bool?) throws(Fault) {
        self.url = url
        self.events = try EventTypes.checked(events ?? [InvitationEvents.everything])
        self.isEnabled = isEnabled ?? true
    }
}

/// A valid wish for another state of a webhook, but for where it leads.
struct WebhookUpdate: Sendable, Equatable {
    let url: String?
    let events: [String]?
    let isEnabled: Bool?

    init(
        url: Patch<String>, events: Patch<[String]>, isEnabled: Patch<Bool>
    ) throws(Fault) {
        var validation = Validation()
        self.url = validation.check(try url.required("/url")) ?? nil
        self.events = validation.check(try Self.checked(try events.required("/events"))) ?? nil
        self.isEnabled = validation.check(try isEnabled.required("/enabled")) ?? nil
        try validation.finish()
    }

    private static func checked(_ events: [String]?) throws(Fault) -> [String]? {
        guard let events else { return nil }
        return try EventTypes.checked(events)
    }

    /// Whoever enables it again, or names another place, has it begin anew.
    func applied(to webhook: Webhook) -> Webhook {
        var webhook = webhook
        if let url, url != webhook.url {
            webhook.url = url
            webhook.failingSince = nil
        }
        if let events { webhook.events = events }
        if let isEnabled {
            webhook.isEnabled = isEnabled
            webhook.disabledReason = nil
            webhook.failingSince = nil
        }
        return webhook
    }
}

enum EventTypes {
    /// - Returns: each once; `*` takes the place of all others.
    static func checked(_ types: [String]) throws(Fault) -> [String] {
        guard WebhookLimits.types.contains(types.count) else {
            throw .invalid(
                "/events",
                "must hold \(WebhookLimits.types.lowerBound)–\(WebhookLimits.types.upperBound) "
                    + "types")
        }
        var validation = Validation()
        for (index, type) in types.enumerated() where !WebhookWords.types.contains(type) {
            validation.reject(
                "/events/\(index)",
                "must be one of \(WebhookWords.types.joined(separator: ", "))")
        }
        try validation.finish()
        guard !types.contains(InvitationEvents.everything) else {
            return [InvitationEvents.everything]
        }
        return WebhookWords.types.filter(types.contains)
    }
}
