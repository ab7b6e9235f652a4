extension Text {
    /// What is searched for as a part of names, which is compared `folded`; nil for text without
    /// anything visible, which finds everything. Invisible characters are taken, though names
    /// have none: they come along when text is copied.
    /// - Throws: 422 at `pointer` for what no name can hold.
    public static func search(
        _ text: String?, pointer: String = "/search", max: Int = maximumName
    ) throws(Fault) -> String? {
        guard let text else { return nil }
        let search = try normalized(text[...], pointer, max)
        guard search.unicodeScalars.contains(where: isVisible) else { return nil }
        guard search.unicodeScalars.allSatisfy({ !isForbidden($0) }) else {
            throw .invalid(pointer, "must not contain control characters")
        }
        return search
    }
}
