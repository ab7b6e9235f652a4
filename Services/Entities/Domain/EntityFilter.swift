/// How a list of entities is narrowed.
struct EntityFilter: Sendable, Equatable {
    var type: EntityType?
    /// Part of the name or slug, in any case; nothing in it is special.
    var search: String?
}
