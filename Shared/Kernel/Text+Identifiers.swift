@_spi(_Unicode) import Swift

extension Text {
    /// The longest slug.
    public static let maximumSlugLength = 60

    /// A slug made from `name`: ASCII lower case, digits and single hyphens, 1–60 characters.
    /// Accents are dropped; a name without any ASCII letter or digit becomes `item`.
    public static func slug(from name: String) -> String {
        var slug: [UInt8] = []
        var hyphenDue = false
        for scalar in name._nfd where slug.count < maximumSlugLength {
            if scalar.properties.canonicalCombiningClass != .notReordered { continue }
            guard scalar.isASCII, let byte = slugByte(UInt8(truncatingIfNeeded: scalar.value))
            else {
                hyphenDue = !slug.isEmpty
                continue
            }
            if hyphenDue { slug.append(UInt8(ascii: "-")) }
            hyphenDue = false
            if slug.count < maximumSlugLength { slug.append(byte) }
        }
        if slug.last == UInt8(ascii: "-") { slug.removeLast() }
        return slug.isEmpty ? "item" : String(decoding: slug, as: UTF8.self)
    }

    /// Whether `text` is 1–60 of `[a-z0-9-]` and neither begins nor ends with a hyphen.
    public static func isSlug(_ text: String) -> Bool {
        let bytes = text.utf8
        guard (1...maximumSlugLength).contains(bytes.count),
            let first = bytes.first, isLowerOrDigit(first),
            let last = bytes.last, isLowerOrDigit(last)
        else { return false }
        return bytes.allSatisfy { isLowerOrDigit($0) || $0 == UInt8(ascii: "-") }
    }

    /// The longest username.
    public static let maximumUsername = 39

    /// `[a-z0-9][a-z0-9._-]{0,38}`, exactly: nothing is trimmed or lower-cased.
    public static func username(_ raw: String, pointer: String) throws(Fault) -> String {
        let bytes = raw.utf8
        let valid =
            bytes.count <= maximumUsername && bytes.first.map(isLowerOrDigit) == true
            && bytes.allSatisfy { isLowerOrDigit($0) || "._-".utf8.contains($0) }
        guard valid else {
            throw .invalid(
                pointer,
                "must be 1 to \(maximumUsername) characters of a-z, 0-9, '.', '_' and '-', and "
                    + "must begin with a letter or digit")
        }
        return raw
    }

    static func isLowerOrDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func slugByte(_ byte: UInt8) -> UInt8? {
        let lower = (65...90).contains(byte) ? byte + 32 : byte
        return isLowerOrDigit(lower) ? lower : nil
    }
}
