extension Text {
    /// What is searched for as a part of names; nil for blank text, which searches for nothing.
    /// - Throws: 422 at `pointer` for what no name can hold.
    public static func search(
        _ text: String?, pointer: String = "/search"
    ) throws(Fault) -> String? {
        guard let text, !text.allSatisfy(\.isWhitespace) else { return nil }
        return try name(text, pointer: pointer)
    }

    /// Upper and lower case made one, also beyond ASCII: names are kept and searched for so.
    public static func folded(_ text: String) -> String { text.lowercased() }
}
