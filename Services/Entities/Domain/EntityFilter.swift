import Kernel

/// How a list of entities is narrowed.
struct EntityFilter: Sendable, Equatable {
    var type: EntityType?
    /// Part of the name or slug, in any case; nothing in it is special.
    var search: String?

    /// `text` as it is searched for; blank text searches for nothing.
    static func search(_ text: String?) throws(Fault) -> String? {
        guard let text, !text.allSatisfy(\.isWhitespace) else { return nil }
        return try Text.name(text, pointer: "/search")
    }
}
