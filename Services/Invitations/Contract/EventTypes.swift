import Contract

/// The types of events of all contexts.
public enum EventTypes {
    /// In place of types: all of them.
    public static let everything = "*"
    /// What a webhook can name: all, those that begin alike, and each.
    public static let subscribable = [everything] + beginnings + all
    /// Each, by its kind of thing.
    public static let all = elsewhere + here

    private static let here =
        (InvitationChange.catalog + WorkspaceChange.catalog
        + WebhookChange.catalog).filter(\.hasOwnEvent).map(\.type)
    /// Of the other contexts. This contract can't see theirs; a test compares them.
    private static let elsewhere = [
        "user.created", "user.updated", "user.suspended", "user.restored", "user.offboarded",
        "user.deleted", "token.created", "token.revoked", "session.began", "session.ended",
        "entity.created", "entity.updated", "entity.owner_changed", "entity.deleted",
        "share.created", "share.removed", "share.passed_on", "publisher.added",
        "publisher.removed", "version.published",
        "organization.created", "organization.updated", "organization.deleted",
        "organization.npm_registry_key_rotated", "storage_config.changed", "member.added",
        "member.role_changed", "member.removed", "role.created", "role.updated", "role.deleted",
        "publication.created", "publication.updated", "publication.removed",
        "integration.created", "integration.updated", "integration.owner_changed",
        "integration.deleted", "integration_share.created", "integration_share.changed",
        "integration_share.removed", "team.created", "team.updated", "team.deleted",
        "team_member.added", "team_member.role_changed", "team_member.removed",
    ]

    /// `share.*` and the like, for all kinds of things.
    private static let beginnings = all.reduce(into: [String]()) { found, type in
        let beginning = String(type.prefix { $0 != "." }) + ".*"
        if !found.contains(beginning) { found.append(beginning) }
    }

    /// Those that `events` of a webhook stand for.
    public static func matching(_ events: [String]) -> [String] {
        all.filter { type in events.contains { matches($0, type) } }
    }

    /// Whether a type is `event`, or one of those that it stands for.
    public static func matches(_ event: String, _ type: String) -> Bool {
        event.hasSuffix("*") ? type.hasPrefix(event.dropLast()) : type == event
    }
}
