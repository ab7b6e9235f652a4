@_spi(_Unicode) import Swift

/// The rules for text that people type: one place, so that every context trims, normalises and
/// refuses alike. All of them are pure; `pointer` is the JSON Pointer named in the fault.
public enum Text {
    /// Unicode scalars of a name, and of a text of several lines, unless a rule says otherwise.
    public static let maximumName = 200
    /// Unicode scalars of a text of several lines.
    public static let maximumText = 2000

    /// `raw` without white space around it, in NFC. Refuses what is empty, longer than `max`
    /// Unicode scalars, or holds control characters, bidirectional overrides, line separators or
    /// invisible characters that nothing needs, which would let one name pass for another in a
    /// list or a log.
    public static func name(
        _ raw: String, pointer: String, max: Int = maximumName
    ) throws(Fault) -> String {
        let text = try normalized(raw[...], pointer, max)
        guard text.unicodeScalars.contains(where: isVisible) else {
            throw .invalid(pointer, "must not be empty")
        }
        guard text.unicodeScalars.allSatisfy({ !isForbidden($0) }) else {
            throw .invalid(pointer, "must not contain control characters")
        }
        if let needless = Invisible.needless(in: text) {
            let number = String(needless.value, radix: 16, uppercase: true)
            let padding = String(repeating: "0", count: Swift.max(0, 4 - number.utf8.count))
            throw .invalid(
                pointer, "must not contain the invisible character U+\(padding)\(number)")
        }
        return text
    }

    /// Text of several lines that may be missing: as `name`, but line feeds and tabs are allowed,
    /// CR LF becomes LF, and empty text is nil.
    public static func optionalText(
        _ raw: String?, pointer: String, max: Int = maximumText
    ) throws(Fault) -> String? {
        guard let raw else { return nil }
        let text = try normalized(withLineFeeds(raw)[...], pointer, max)
        guard text.unicodeScalars.contains(where: isVisible) else { return nil }
        guard text.unicodeScalars.allSatisfy({ !isForbidden($0) || $0 == "\n" || $0 == "\t" })
        else { throw .invalid(pointer, "must not contain control characters") }
        return text
    }

    /// `raw` without Unicode white space at its ends.
    public static func trimmed(_ raw: Substring) -> Substring {
        let scalars = raw.unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return Substring(scalars[first...last])
    }

    /// In NFC. SQLite compares bytes, Swift compares canonically: after this they agree.
    /// - Parameter text: with no run of marks beyond `CombiningRun`; others take too long.
    public static func composed(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text }
        var composed = String.UnicodeScalarView()
        composed.append(contentsOf: text._nfc)
        return String(composed)
    }

    /// Four scalars are the most that NFC makes one of.
    private static let longestDecomposition = 4

    /// Trimmed and NFC, at most `max` scalars. What can't become as short is refused before it
    /// costs anything.
    static func normalized(
        _ raw: Substring, _ pointer: String, _ max: Int
    ) throws(Fault) -> String {
        let trimmed = trimmed(raw)
        guard trimmed.unicodeScalars.count <= max * longestDecomposition else {
            throw tooLong(pointer, max)
        }
        let text = String(trimmed)
        guard isStreamSafe(text) else { throw .invalid(pointer, combiningRule) }
        let composed = composed(text)
        guard composed.unicodeScalars.count <= max else { throw tooLong(pointer, max) }
        return composed
    }

    private static func tooLong(_ pointer: String, _ max: Int) -> Fault {
        .invalid(pointer, "must not be longer than \(max) characters")
    }

    private static func withLineFeeds(_ raw: String) -> String {
        guard raw.utf8.contains(UInt8(ascii: "\r")) else { return raw }
        var lines = String.UnicodeScalarView()
        var isAfterReturn = false
        for scalar in raw.unicodeScalars {
            if isAfterReturn, scalar != "\n" { lines.append("\r") }
            isAfterReturn = scalar == "\r"
            if !isAfterReturn { lines.append(scalar) }
        }
        if isAfterReturn { lines.append("\r") }
        return String(lines)
    }

    static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0...0x1F, 0x7F...0x9F: true
        case 0x2028, 0x2029: true
        // Bidirectional embeddings, overrides and isolates (UAX #9); the joiners that Indic
        // scripts and emoji need, and the plain direction marks, stay allowed.
        case 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        !scalar.properties.isWhitespace && !scalar.properties.isDefaultIgnorableCodePoint
    }
}
