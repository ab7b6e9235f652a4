extension Text {
    /// Text as it is compared and searched, everywhere: two names that fold alike are one name.
    /// NFC, full case folding (Unicode §3.13: `ß` is `ss`, `ς` is `σ`), without what is invisible
    /// (Default_Ignorable_Code_Point), NFC again. A second time it changes nothing.
    ///
    /// Stored columns hold it (`search_text`, `folded_name`), so changing it takes a migration of
    /// each. New versions of Unicode add characters and leave those alone that were there
    /// (https://www.unicode.org/policies/stability_policy.html#Case_Folding).
    /// - Parameter text: with no run of marks beyond `CombiningRun`; others take too long.
    public static func folded(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.lowercased() }
        var folded = String.UnicodeScalarView()
        for scalar in composed(text).unicodeScalars
        where !scalar.properties.isDefaultIgnorableCodePoint {
            folded.append(contentsOf: caseFolding(of: scalar))
        }
        return composed(String(folded))
    }

    /// Full case folding (CaseFolding.txt, C and F), up to which case of a pair stands for both.
    /// The standard library has no property for it; it is made of those that it has: what has the
    /// same upper case is equal, and lower case before it finds the upper case of `ẞ` (`SS`). A
    /// comparison with the table over all characters found the dotless `ı` alone to differ.
    private static func caseFolding(of scalar: Unicode.Scalar) -> String.UnicodeScalarView {
        if scalar.isASCII || scalar == dotlessI {
            return scalar.properties.lowercaseMapping.unicodeScalars
        }
        var folded = String.UnicodeScalarView()
        for lower in scalar.properties.lowercaseMapping.unicodeScalars {
            for upper in lower.properties.uppercaseMapping.unicodeScalars {
                folded.append(contentsOf: upper.properties.lowercaseMapping.unicodeScalars)
            }
        }
        return folded
    }

    private static let dotlessI: Unicode.Scalar = "\u{131}"
}
