extension Text {
    /// Characters of a language tag.
    public static let maximumLocale = 35

    /// A language tag such as `de` or `de-AT` (BCP 47): a language of two or three letters, and
    /// what makes it more precise. Which languages there are texts in is for others to say.
    /// - Throws: 422 at `pointer`.
    public static func locale(_ raw: String, pointer: String) throws(Fault) -> String {
        let parts = raw.split(separator: "-", omittingEmptySubsequences: false)
        guard raw.utf8.count <= maximumLocale, let language = parts.first,
            (2...3).contains(language.utf8.count), language.utf8.allSatisfy(isLetter),
            parts.dropFirst().allSatisfy({ part in
                (1...8).contains(part.utf8.count)
                    && part.utf8.allSatisfy { isLetter($0) || (48...57).contains($0) }
            })
        else { throw .invalid(pointer, "must be a language tag such as de or de-AT") }
        return raw
    }

    /// As `locale`, for one that may be missing.
    public static func localeIfPresent(_ raw: String?, pointer: String) throws(Fault) -> String? {
        guard let raw else { return nil }
        return try locale(raw, pointer: pointer)
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (65...90).contains(byte) || (97...122).contains(byte)
    }
}

extension Patch where Value == String {
    /// A language tag; nil if it is not mentioned, `.some(nil)` if it is to be cleared.
    /// - Throws: 422 at `pointer`.
    public func locale(_ pointer: String) throws(Fault) -> String?? {
        switch self {
        case .unchanged: .none
        case .null: .some(nil)
        case .value(let text): .some(try Text.locale(text, pointer: pointer))
        }
    }
}
