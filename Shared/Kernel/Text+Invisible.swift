/// Invisible characters (Default_Ignorable_Code_Point). In names they are refused, as they
/// let two names look the same, except where scripts and emoji need them.
enum Invisible {
    /// The first that nothing around it needs.
    static func needless(in text: String) -> Unicode.Scalar? {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return nil }
        let scalars = Array(text.unicodeScalars)
        var index = 0
        while index < scalars.count {
            let scalar = scalars[index]
            if scalar == blackFlag, let flag = flag(scalars[(index + 1)...]) {
                index += 1 + flag
            } else if scalar.properties.isDefaultIgnorableCodePoint,
                !isNeeded(scalar, in: scalars, at: index)
            {
                return scalar
            } else {
                index += 1
            }
        }
        return nil
    }

    private static func isNeeded(
        _ scalar: Unicode.Scalar, in scalars: [Unicode.Scalar], at index: Int
    ) -> Bool {
        let before = scalars[..<index]
        switch scalar.value {
        case 0x200C, 0x200D:
            return isJoinerNeeded(scalar, before, scalars[(index + 1)...].first)
        // Marks of direction order names that hold letters from right to left.
        case 0x200E, 0x200F, 0x061C:
            return scalars.contains { isRightToLeft($0) && $0.properties.isAlphabetic }
        default: return before.last.map { isVariant(scalar, of: $0) } ?? false
        }
    }

    private static func isVariant(_ selector: Unicode.Scalar, of base: Unicode.Scalar) -> Bool {
        switch selector.value {
        // Emoji and text style; keycaps begin with a digit.
        case 0xFE0E, 0xFE0F: base.properties.isEmoji || base.properties.isIdeographic
        // Forms of symbols and letters (StandardizedVariants.txt).
        case 0xFE00...0xFE0D: !base.isASCII && Text.isVisible(base)
        // Forms of ideographs, in names of Japanese people and places (UTS #37).
        case 0xE0100...0xE01EF: base.properties.isIdeographic
        // Mongolian letters: their forms, and the gap before a last vowel.
        case 0x180B...0x180F: (0x1820...0x18AA).contains(base.value)
        default: false
        }
    }

    /// RFC 5892, A.1 and A.2, wider by what its authors left out for domain names: letters at the
    /// end of a word, Bengali and Kannada joiners before a virama, and emoji.
    private static func isJoinerNeeded(
        _ joiner: Unicode.Scalar, _ before: ArraySlice<Unicode.Scalar>, _ after: Unicode.Scalar?
    ) -> Bool {
        let letter = before.last { $0.properties.canonicalCombiningClass == .notReordered }
        if before.last.map(isVirama) == true { return true }
        if let after, isVirama(after), before.last?.isASCII == false { return true }
        if [letter, after].contains(where: { $0.map(isJoining) == true }) { return true }
        guard joiner == zeroWidthJoiner, let after, after.properties.isEmoji, !after.isASCII
        else { return false }
        let emoji = before.last { !isEmojiModifier($0) }
        return emoji.map { $0.properties.isEmoji && !$0.isASCII } == true
    }

    private static func isVirama(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.canonicalCombiningClass == .virama
    }

    private static func isEmojiModifier(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value == 0xFE0F || (0x1F3FB...0x1F3FF).contains(scalar.value)
    }

    /// Scripts with letters of Joining_Type L, R or D (ArabicShaping.txt).
    private static func isJoining(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0600...0x07FF: true  // Arabic, Syriac, N’Ko
        case 0x0840...0x08FF: true  // Mandaic, Syriac, Arabic
        case 0x1800...0x18AF: true  // Mongolian
        case 0xA840...0xA87F: true  // Phags-pa
        case 0xFB50...0xFDFF, 0xFE70...0xFEFC: true  // Arabic
        case 0x10AC0...0x10BAF: true  // Manichaean to Psalter Pahlavi
        case 0x10D00...0x10D3F, 0x10F30...0x10FDF: true  // Rohingya; Sogdian to Chorasmian
        case 0x1E900...0x1E95F: true  // Adlam
        default: false
        }
    }

    private static func isRightToLeft(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0590...0x08FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFC: true
        case 0x10800...0x10FFF, 0x1E800...0x1EFFF: true
        default: false
        }
    }

    /// How many tag characters make a flag of the black one: those of England, Scotland and Wales
    /// are the only ones there are (UTS #51, emoji-sequences.txt).
    private static func flag(_ scalars: ArraySlice<Unicode.Scalar>) -> Int? {
        for region in ["gbeng", "gbsct", "gbwls"] {
            let tags = region.utf8.map { 0xE0000 + UInt32($0) } + [0xE007F]
            if scalars.prefix(tags.count).map(\.value) == tags { return tags.count }
        }
        return nil
    }

    private static let blackFlag: Unicode.Scalar = "\u{1F3F4}"
    private static let zeroWidthJoiner: Unicode.Scalar = "\u{200D}"
}
