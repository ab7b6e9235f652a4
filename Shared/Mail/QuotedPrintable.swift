/// Encodes text as lines of at most 76 printable ASCII characters (RFC 2045 §6.7), which every mail
/// server forwards unchanged.
enum QuotedPrintable {
    private static let width = 76
    private static let digits = Array("0123456789ABCDEF".utf8)
    private static let (cr, lf) = (UInt8(0x0D), UInt8(0x0A))

    /// All line ends become CR LF. A digit or line end follows every `=`, so the result never
    /// contains `=_`.
    static func encode(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count + bytes.count / 8)
        var column = 0
        var index = 0
        while index < bytes.count {
            let rest = bytes[index...]
            if let length = lineEnd(rest) {
                out += [cr, lf]
                column = 0
                index += length
                continue
            }
            let isLast = rest.count == 1 || lineEnd(rest.dropFirst()) != nil
            let length = isLiteral(rest, isFirst: column == 0, isLast: isLast) ? 1 : 3
            // The last column is for the `=` of a soft line break.
            if column + length > (isLast ? width : width - 1) {
                out += [UInt8(ascii: "="), cr, lf]
                column = 0
            }
            column += append(rest, isLast: isLast, isFirst: column == 0, to: &out)
            index += 1
        }
        return out
    }

    private static func append(
        _ rest: ArraySlice<UInt8>, isLast: Bool, isFirst: Bool, to out: inout [UInt8]
    ) -> Int {
        let byte = rest[rest.startIndex]
        if isLiteral(rest, isFirst: isFirst, isLast: isLast) {
            out.append(byte)
            return 1
        }
        out += [UInt8(ascii: "="), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        return 3
    }

    private static func lineEnd(_ bytes: ArraySlice<UInt8>) -> Int? {
        guard let first = bytes.first else { return nil }
        if first == lf { return 1 }
        guard first == cr else { return nil }
        return bytes.dropFirst().first == lf ? 2 : 1
    }

    /// White space at the end of a line may get lost (rule 3); some servers change a dot or `From `
    /// at its beginning (RFC 2049 §3).
    private static func isLiteral(
        _ rest: ArraySlice<UInt8>, isFirst: Bool, isLast: Bool
    ) -> Bool {
        let byte = rest[rest.startIndex]
        switch byte {
        case 0x20, 0x09: return !isLast
        case UInt8(ascii: "="): return false
        case UInt8(ascii: "."): return !isFirst
        case UInt8(ascii: "F"): return !isFirst || !rest.starts(with: "From ".utf8)
        default: return (0x21...0x7E).contains(byte)
        }
    }
}
