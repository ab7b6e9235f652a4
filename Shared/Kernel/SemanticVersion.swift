/// A version by Semantic Versioning 2.0.0 (https://semver.org), read strictly: no `v` in front, no
/// leading zeros, at most 128 characters. Numbers have any length and can't overflow.
///
/// `==` and `<` follow precedence (§11), which ignores build metadata; `description` keeps it.
public struct SemanticVersion: Sendable, Comparable, CustomStringConvertible {
    /// Characters.
    public static let maximumLength = 128

    /// The text as it was given.
    public let description: String
    /// Major, minor, patch, in digits.
    private let core: [[UInt8]]
    private let prerelease: [[UInt8]]

    /// Whether it has a part after `-` (§9).
    public var isPrerelease: Bool { !prerelease.isEmpty }

    /// nil if `text` is not a version by semver.org 2.0.0.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count <= Self.maximumLength else { return nil }
        var rest = bytes[...]
        if let plus = rest.firstIndex(of: UInt8(ascii: "+")) {
            let build = Self.identifiers(rest[(plus + 1)...])
            guard build.allSatisfy(Self.isIdentifier) else { return nil }
            rest = rest[..<plus]
        }
        var prerelease: [[UInt8]] = []
        if let hyphen = rest.firstIndex(of: UInt8(ascii: "-")) {
            prerelease = Self.identifiers(rest[(hyphen + 1)...])
            guard prerelease.allSatisfy({ Self.isIdentifier($0) && !Self.hasLeadingZero($0) })
            else { return nil }
            rest = rest[..<hyphen]
        }
        let core = Self.identifiers(rest)
        guard core.count == 3,
            core.allSatisfy({ Self.isNumeric($0) && !Self.hasLeadingZero($0) })
        else { return nil }
        self.description = text
        self.core = core
        self.prerelease = prerelease
    }

    public static func == (a: Self, b: Self) -> Bool {
        a.core == b.core && a.prerelease == b.prerelease
    }

    /// Precedence (§11).
    public static func < (a: Self, b: Self) -> Bool {
        for (x, y) in zip(a.core, b.core) where x != y { return precedes(x, y) }
        if a.prerelease.isEmpty || b.prerelease.isEmpty {
            return b.prerelease.isEmpty && a.isPrerelease
        }
        for (x, y) in zip(a.prerelease, b.prerelease) where x != y { return precedes(x, y) }
        return a.prerelease.count < b.prerelease.count
    }

    /// §11.4 for two identifiers that differ: numbers by value and before words, words by ASCII.
    private static func precedes(_ x: [UInt8], _ y: [UInt8]) -> Bool {
        switch (isNumeric(x), isNumeric(y)) {
        // Without leading zeros the longer number is the greater one.
        case (true, true): x.count != y.count ? x.count < y.count : x.lexicographicallyPrecedes(y)
        case (true, false): true
        case (false, true): false
        case (false, false): x.lexicographicallyPrecedes(y)
        }
    }

    private static func identifiers(_ bytes: ArraySlice<UInt8>) -> [[UInt8]] {
        bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).map(Array.init)
    }

    private static func isIdentifier(_ bytes: [UInt8]) -> Bool {
        !bytes.isEmpty && bytes.allSatisfy { Base62.isDigit($0) || $0 == UInt8(ascii: "-") }
    }

    private static func isNumeric(_ bytes: [UInt8]) -> Bool {
        !bytes.isEmpty && bytes.allSatisfy { (48...57).contains($0) }
    }

    private static func hasLeadingZero(_ bytes: [UInt8]) -> Bool {
        bytes.count > 1 && bytes[0] == 48 && isNumeric(bytes)
    }
}
