import EntitiesContract
import Kernel

/// An app, service or chat extension: published in versions, shared and installed.
struct Entity: Sendable, Equatable {
    let id: String
    var name: String
    /// Unique over all entities.
    var slug: String
    /// Never changes: versions and installations rely on it.
    let type: EntityType
    var description: String?
    /// nil: a personal entity.
    var organizationId: String?
    /// Always one of the publishers.
    var ownerId: String
    let createdAt: Timestamp
    var updatedAt: Timestamp
    /// The greatest version by precedence.
    var latestVersion: String?
    var resharing = Resharing.anyone
    /// The platform's own id; unique over all entities.
    var externalId: String?

    /// Records a change. The time never goes back, even if the clock is set back: other services
    /// tell by it which of two names is newer.
    mutating func touch(_ now: Timestamp) { updatedAt = max(now, updatedAt) }

    /// The text that `search` matches: name and slug. The line feed, which neither can contain,
    /// keeps a match from spanning both.
    var searchText: String { Text.folded(name + "\n" + slug) }
}
