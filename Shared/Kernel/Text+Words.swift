extension Text {
    /// One of the words of an enum.
    /// - Parameter words: those that are accepted.
    /// - Throws: 422 at `pointer` for any other.
    public static func word<Word: RawRepresentable<String> & CaseIterable>(
        _ text: String, among words: [Word] = Array(Word.allCases), pointer: String
    ) throws(Fault) -> Word {
        if let word = words.first(where: { $0.rawValue == text }) { return word }
        throw .invalid(pointer, rule(among: words.map(\.rawValue)))
    }

    /// The rule that `word` checks: "must be one of a, b".
    public static func rule(among words: [String]) -> String {
        "must be one of \(words.joined(separator: ", "))"
    }
}
