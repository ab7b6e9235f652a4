@_spi(_Unicode) import Swift

/// The rules for text that people type: one place, so that every context trims, normalises and
/// refuses alike. All of them are pure; `pointer` is the JSON Pointer named in the fault.
public enum Text {
    /// Unicode scalars of a name, and of a text of several lines, unless a rule says otherwise.
    public static let maximumName = 200
    public static let maximumText = 2000

    /// `raw` without white space around it, in NFC. Refuses what is empty, longer than `max`
    /// Unicode scalars, or holds control characters, bidirectional overrides or line separators,
    /// which would let one name pass for another in a list or a log.
    public static func name(
        _ raw: String, pointer: String, max: Int = maximumName
    ) throws(Fault) -> String {
        let text = normalized(raw[...])
        guard text.unicodeScalars.contains(where: isVisible) else {
            throw .invalid(pointer, "must not be empty")
        }
        guard text.unicodeScalars.allSatisfy({ !isForbidden($0) }) else {
            throw .invalid(pointer, "must not contain control characters")
        }
        try checkLength(text, pointer, max)
        return text
    }

    /// Text of several lines that may be missing: as `name`, but line feeds and tabs are allowed,
    /// CR LF becomes LF, and empty text is nil.
    public static func optionalText(
        _ raw: String?, pointer: String, max: Int = maximumText
    ) throws(Fault) -> String? {
        guard let raw else { return nil }
        // "\r\n" is one Character, so this finds exactly the pairs.
        let lines = String(raw.map { $0 == "\r\n" ? "\n" : $0 })
        let text = normalized(lines[...])
        guard text.unicodeScalars.contains(where: isVisible) else { return nil }
        guard text.unicodeScalars.allSatisfy({ !isForbidden($0) || $0 == "\n" || $0 == "\t" })
        else { throw .invalid(pointer, "must not contain control characters") }
        try checkLength(text, pointer, max)
        return text
    }

    private static func checkLength(
        _ text: String, _ pointer: String, _ max: Int
    ) throws(Fault) {
        guard text.unicodeScalars.count <= max else {
            throw .invalid(pointer, "must not be longer than \(max) characters")
        }
    }

    /// `raw` without Unicode white space at its ends.
    public static func trimmed(_ raw: Substring) -> Substring {
        let scalars = raw.unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return Substring(scalars[first...last])
    }

    /// Trimmed and NFC. SQLite compares bytes, Swift compares canonically: after this they agree.
    private static func normalized(_ raw: Substring) -> String {
        let text = trimmed(raw)
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return String(text) }
        var composed = String.UnicodeScalarView()
        composed.append(contentsOf: String(text)._nfc)
        return String(composed)
    }

    private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0...0x1F, 0x7F...0x9F: true
        case 0x2028, 0x2029: true
        // Bidirectional embeddings, overrides and isolates (UAX #9); the joiners that Indic
        // scripts and emoji need, and the plain direction marks, stay allowed.
        case 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        !scalar.properties.isWhitespace && !scalar.properties.isDefaultIgnorableCodePoint
    }
}
