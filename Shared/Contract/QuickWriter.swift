/// A wire type that writes itself, where a coder costs too much: an answer of a thousand items. The
/// bytes are those that the coder would write.
public protocol QuickWritable: Encodable {
    func write(to writer: inout QuickWriter)
}

/// Writes JSON at its end.
public struct QuickWriter: ~Copyable {
    private var bytes: [UInt8] = []

    /// - Parameter capacity: how many bytes are expected.
    public init(capacity: Int = 256) { bytes.reserveCapacity(capacity) }

    public consuming func finish() -> [UInt8] { bytes }

    /// Punctuation and names, as they are.
    public mutating func append(_ text: StaticString) {
        bytes.append(
            contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    public mutating func append(number: Int) { bytes.append(contentsOf: String(number).utf8) }

    /// `text` in quotes (RFC 8259 §7).
    public mutating func append(quoted text: String) {
        var text = text
        bytes.append(UInt8(ascii: "\""))
        text.withUTF8 { utf8 in
            var isPlain = true
            for byte in utf8
            where byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                isPlain = false
            }
            if isPlain {
                bytes.append(contentsOf: utf8)
            } else {
                for byte in utf8 { append(escaped: byte) }
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// The items of an array, in brackets and with commas between them.
    public mutating func append<Items: Sequence>(
        array items: Items, _ write: (inout QuickWriter, Items.Element) -> Void
    ) {
        append("[")
        var isFirst = true
        for item in items {
            if !isFirst { append(",") }
            isFirst = false
            write(&self, item)
        }
        append("]")
    }

    private mutating func append(escaped byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): append("\\\"")
        case UInt8(ascii: "\\"): append("\\\\")
        case 0x08: append("\\b")
        case 0x09: append("\\t")
        case 0x0A: append("\\n")
        case 0x0C: append("\\f")
        case 0x0D: append("\\r")
        case 0..<0x20:
            append(byte < 0x10 ? "\\u000" : "\\u001")
            bytes.append(contentsOf: String(byte & 15, radix: 16).utf8)
        default: bytes.append(byte)
        }
    }
}
