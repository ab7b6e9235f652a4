import InvitationsContract
import Kernel

/// A URL that receives the events of a scope.
struct Webhook: Sendable, Equatable {
    let id: String
    let ownerId: String
    let scope: FeedScope
    var url: String
    /// Types of events, `share.*` and the like, or `*` alone for all.
    var events: [String]
    var isEnabled: Bool
    var disabledReason: WebhookDisabledReason?
    /// When the first attempt after the latest success failed.
    var failingSince: Timestamp?
    let createdAt: Timestamp

    /// Those that receive an event: for each owner and URL the oldest one that subscribes to the
    /// type.
    /// - Parameters:
    ///   - webhooks: enabled ones.
    ///   - key: the same for all spellings of a webhook's URL.
    static func subscribers(
        to type: String, among webhooks: [Webhook], by key: (Webhook) -> String
    ) -> [Webhook] {
        var keys: Set<[String]> = []
        return webhooks.sorted { $0.id < $1.id }.filter { webhook in
            webhook.subscribes(to: type)
                && keys.insert([webhook.ownerId, key(webhook)]).inserted
        }
    }

    func subscribes(to type: String) -> Bool {
        events.contains { EventPattern(text: $0).matches(type) }
    }

    /// Whether its URL and state are unchanged since something was sent to it.
    func isAt(_ other: Webhook) -> Bool { url == other.url && isEnabled == other.isEnabled }

    /// For audits and e-mails: without path and query, which may contain a secret.
    var shownURL: String { Self.shown(url) }

    /// - Parameter url: of a webhook.
    static func shown(_ url: String) -> String {
        let parts = url.split(separator: "/", maxSplits: 2)
        guard parts.count > 1 else { return url }
        let origin = parts[1].prefix { $0 != "?" }
        return "\(parts[0])//\(origin)/…"
    }
}

/// A valid new webhook, except for its URL and the right to its scope.
struct WebhookDraft: Sendable, Equatable {
    let scope: FeedScope
    let url: String
    let events: [String]
    let isEnabled: Bool

    init(
        in scope: FeedScope, url: String, events: [String]?, isEnabled: Bool?
    ) throws(Fault) {
        self.scope = scope
        self.url = url
        self.events = try EventPattern.checked(events ?? [EventTypes.everything])
        self.isEnabled = isEnabled ?? true
    }
}

/// A valid change of a webhook, except for its URL. What is nil stays.
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
        return try EventPattern.checked(events)
    }

    /// Enabling it, or changing its URL, forgets former failures.
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

extension EventPattern {
    /// - Returns: each once; `*` replaces all others.
    static func checked(_ types: [String]) throws(Fault) -> [String] {
        guard WebhookLimits.types.contains(types.count) else {
            throw .invalid(
                "/events",
                "must contain \(WebhookLimits.types.lowerBound)–"
                    + "\(WebhookLimits.types.upperBound) "
                    + "event types")
        }
        var validation = Validation()
        for (index, type) in types.enumerated() where !EventTypes.subscribable.contains(type) {
            validation.reject(
                "/events/\(index)", Text.rule(among: EventTypes.subscribable))
        }
        try validation.finish()
        guard !types.contains(EventTypes.everything) else {
            return [EventTypes.everything]
        }
        return EventTypes.subscribable.filter(types.contains)
    }
}
