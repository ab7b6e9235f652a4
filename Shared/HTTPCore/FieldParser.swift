import Glibc
import Kernel

/// Reads the field lines of a head or of trailers (RFC 9112 §5).
enum FieldParser {
    /// - Parameters:
    ///   - bytes: the whole head, its last empty line included; known to end lines with CR LF.
    ///   - start: where the first field line begins.
    static func parse(
        _ bytes: UnsafeRawBufferPointer, from start: Int, limit: Int
    ) throws(HTTPError) -> [FieldList.Field] {
        var fields: [FieldList.Field] = []
        fields.reserveCapacity(12)
        var position = start
        while true {
            let lineEnd = endOfLine(bytes, position)
            if lineEnd == position { return fields }
            guard fields.count < limit else {
                throw HTTPError(431, "There are more than \(limit) header fields.")
            }
            fields.append(try line(bytes, position, lineEnd))
            position = lineEnd + 2
        }
    }

    /// The index of the CR that ends the line; the scanner has seen that one is there.
    private static func endOfLine(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> Int {
        guard let base = bytes.baseAddress,
            let found = memchr(base + start, Int32(ASCII.lineFeed), bytes.count - start)
        else { return bytes.count }
        return UnsafeRawPointer(found) - base - 1
    }

    private static func line(
        _ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int
    ) throws(HTTPError) -> FieldList.Field {
        var colon = start
        while colon < end, ASCII.isToken(bytes[colon]) { colon += 1 }
        guard colon > start, colon < end, bytes[colon] == ASCII.colon else {
            // Also obs-fold, which begins with a space, and a space before the colon.
            throw .bad("A header field line has no valid name followed by a colon.")
        }
        var valueStart = colon + 1
        var valueEnd = end
        while valueStart < valueEnd, isWhite(bytes[valueStart]) { valueStart += 1 }
        while valueEnd > valueStart, isWhite(bytes[valueEnd - 1]) { valueEnd -= 1 }
        let value = UnsafeRawBufferPointer(rebasing: bytes[valueStart..<valueEnd])
        guard ASCII.isFieldValue(value) else {
            throw .bad("A header field value has a control character.")
        }
        guard ASCII.isASCII(value) || Text.isStreamSafe(value) else {
            throw .bad("A header field value \(Text.combiningRule).")
        }
        return FieldList.Field(
            name: FieldName(UnsafeRawBufferPointer(rebasing: bytes[start..<colon])),
            nameStart: UInt32(start), nameCount: UInt32(colon - start),
            valueStart: UInt32(valueStart), valueCount: UInt32(valueEnd - valueStart))
    }

    private static func isWhite(_ byte: UInt8) -> Bool {
        byte == ASCII.space || byte == ASCII.tab
    }
}
