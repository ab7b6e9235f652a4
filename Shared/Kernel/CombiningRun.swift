/// Counts combining marks in a row, scalar by scalar.
///
/// Swift compares, hashes and normalises a `String` in time that grows with the square of such a
/// run. UAX #15 (§13, Stream-Safe Text Format) allows 30 in a row, more than any script uses. So
/// code that makes text of a client's bytes refuses longer runs, and all text inside costs linear
/// time: the JSON pass, percent-decoding (paths, queries, forms), header fields, `Text`.
public struct CombiningRun {
    /// UAX #15, UAX15-D3.
    public static let maximum = 30

    private var count = 0

    public init() {}

    /// Whether the text may go on with `scalar`.
    public mutating func allows(_ scalar: Unicode.Scalar) -> Bool {
        // The soft hyphen is the one invisible character before the first mark.
        if scalar.value < 0x300, scalar.value != 0xAD {
            count = 0
            return true
        }
        if Self.isMark(scalar) {
            count += 1
            return count <= Self.maximum
        }
        // What is invisible does not end a run: it is left out where text is compared, and the
        // runs around it become one.
        if count > 0, !scalar.properties.isDefaultIgnorableCodePoint { count = 0 }
        return true
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        // The starters whose canonical decomposition begins with a mark: Tibetan vowels.
        case 0x0F73, 0x0F75, 0x0F81: true
        // No marks, and most of what is written there.
        case 0x3400...0x9FFF, 0xAC00...0xD7A3: false
        default: scalar.properties.canonicalCombiningClass != .notReordered
        }
    }
}

extension Text {
    /// What a refusal says of a longer run.
    public static let combiningRule =
        "must not have more than \(CombiningRun.maximum) combining marks in a row"

    /// Whether no run of combining marks in `text` is too long to work with. Not generic: it is
    /// asked for each parameter of a path, and generics are not specialized for other modules.
    public static func isStreamSafe(_ text: String) -> Bool {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return true }
        var run = CombiningRun()
        return text.unicodeScalars.allSatisfy { run.allows($0) }
    }

    /// The same of bytes; what is no UTF-8 in them counts as U+FFFD, which Swift makes of it.
    public static func isStreamSafe(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.allSatisfy { $0 < 0x80 } || isStreamSafe(String(decoding: bytes, as: UTF8.self))
    }
}
