import EntitiesContract

/// The filter of a list of entities.
struct EntityFilter: Sendable, Equatable {
    var type: EntityType?
    /// Part of the name or slug, in any case; no character is special.
    var search: String?
}
