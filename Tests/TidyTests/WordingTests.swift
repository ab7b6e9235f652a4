import Testing

/// How texts and names read.
@Suite struct WordingTests {
    /// Phrases that texts for users don't have, and what they say instead.
    private static let metaphors = [
        "good for": "valid for", "no more": "no longer", "any more": "no longer",
        "told of": "notified of", "as good as": "counts as", "nobody ": "no user, no one ",
        "take back": "revoke", "taken back": "revoked", "let in": "given access",
        "lets in": "gives access", "hand over": "transfer", "handed over": "transferred",
        "whoever": "the user who", "caller may": "caller can", "user may": "user can",
    ]

    @Test func `texts, comments and names are gender-neutral`() {
        // In two parts, so that this file is not found.
        let pronouns: Set = ["h" + "e", "hi" + "s", "hi" + "m", "hi" + "mself"]
        let found = Sources.all().filter { $0.path != "CHANGELOG.md" }.flatMap { file in
            file.lines.enumerated().filter { Self.words(of: $1).contains(where: pronouns.contains) }
                .map { "\(file.path):\($0.offset + 1)" }
        }
        #expect(found.isEmpty)
    }

    @Test func `texts for users have no metaphors`() {
        let sources = Sources.swift(in: "Services", "Shared")
        let found = sources.flatMap { file in
            file.lines.enumerated().compactMap { index, line -> String? in
                let text = Self.literals(of: line)
                guard let phrase = Self.metaphors.keys.first(where: { text.contains($0) })
                else { return nil }
                return "\(file.path):\(index + 1) \(phrase) → \(Self.metaphors[phrase] ?? "")"
            }
        }
        #expect(found.isEmpty)
    }

    @Test func `a file is named after one type or one action`() {
        let sources = Sources.swift(in: "Services", "Shared")
        let found = sources.map(\.path).filter {
            $0.contains("/Manage") || $0.hasSuffix("/Names.swift") || $0.hasSuffix("/Ports.swift")
        }
        #expect(found.isEmpty)
    }

    /// Runs of letters with the length of a pronoun, in lower case.
    private static func words(of line: Substring) -> [String] {
        line.utf8.split { !(65...90).contains($0) && !(97...122).contains($0) }
            .filter { [2, 3, 7].contains($0.count) }
            .map { String(decoding: $0, as: UTF8.self).lowercased() }
    }

    /// The string literals of a line that is not a comment, in lower case.
    private static func literals(of line: Substring) -> String {
        guard line.utf8.contains(UInt8(ascii: "\"")),
            !line.drop(while: { $0 == " " }).hasPrefix("//")
        else { return "" }
        let parts = line.split(separator: "\"", omittingEmptySubsequences: false)
        return stride(from: 1, to: parts.count, by: 2).map { parts[$0] }.joined(separator: "|")
            .lowercased()
    }
}
