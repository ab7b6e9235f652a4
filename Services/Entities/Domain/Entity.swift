import Kernel

enum EntityType: String, Sendable, CaseIterable {
    case app
    case service
    case chatExtension = "chat_extension"

    init(_ text: String, pointer: String) throws(Fault) {
        guard let type = EntityType(rawValue: text) else {
            let names = Self.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalid(pointer, "must be one of \(names)")
        }
        self = type
    }
}

/// Something that is published in versions, shared, and installed.
struct Entity: Sendable, Equatable {
    let id: String
    var name: String
    /// Unique over all entities.
    var slug: String
    /// Never changes: versions and installations rely on it.
    let type: EntityType
    var description: String?
    /// nil: it is personal.
    var organizationId: String?
    /// Always one of the publishers.
    var ownerId: String
    let createdAt: Timestamp
    var updatedAt: Timestamp
    /// The greatest version by precedence.
    var latestVersion: String?

    /// It has changed. Its time never goes back, even if the clock is set back: others tell by it
    /// which of two names is the newer.
    mutating func touch(_ now: Timestamp) { updatedAt = max(now, updatedAt) }

    /// In what `search` looks: name and slug. The line feed, which neither can hold, keeps a
    /// match from spanning both.
    var searchText: String { Text.folded(name + "\n" + slug) }
}
