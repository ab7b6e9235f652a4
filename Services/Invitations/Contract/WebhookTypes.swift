/// Whose events a webhook or a feed has.
public enum EventScope: String, CaseIterable, Codable, Sendable {
    /// Those of what the user owns.
    case own
    /// Those of an organization that the user owns or administers.
    case organization
    /// All, for platform admins.
    case platform
}

/// The order of a feed.
public enum EventOrder: String, CaseIterable, Codable, Sendable {
    /// Oldest first.
    case ascending = "asc"
    /// Newest first.
    case descending = "desc"
}

/// The status of the delivery of an event to a webhook.
public enum DeliveryStatus: String, CaseIterable, Codable, Sendable {
    case pending
    case delivered
    case failed
}

/// Why we have disabled a webhook.
public enum WebhookDisabledReason: String, CaseIterable, Codable, Sendable {
    /// Its receiver returned 410.
    case gone
    /// Every delivery has failed for days.
    case failing
    /// Its owner can no longer have the events of its scope.
    case notPermitted = "not_permitted"
}

public enum WebhookLimits {
    public static let perUser = 50
    /// Event types that one webhook names.
    public static let types = 1...20
    /// How long messages are also signed with a replaced secret.
    public static let formerSecretHours = 24
    /// Valid secrets of a webhook.
    public static let secrets = 5
    /// Pending deliveries of a webhook.
    public static let waiting = 10_000
    /// Bytes of a response's body that are kept with its delivery.
    public static let responseBytes = 4_096
    /// How long events and deliveries are kept.
    public static let keptDays = 30
    /// Events in one page of the feed.
    public static let feed = 1...100
    /// The greatest integer that JSON parsers keep exact.
    public static let maximumSequence = 1 << 53
    /// Without a success, until a webhook is disabled.
    public static let failingDays = 5
}
