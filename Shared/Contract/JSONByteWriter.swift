import Kernel

/// A wire type that writes itself: where a coder costs too much, as in an answer of a thousand
/// items, or where the order of members is part of what was promised. The values are those that the
/// coder would write, and so is the order unless it was promised.
public protocol JSONByteWritable: Encodable {
    func write(to writer: inout JSONByteWriter)
}

/// A list without items, or a member that is never there.
extension Never: JSONByteWritable {
    /// Nothing.
    public func write(to writer: inout JSONByteWriter) {}
}

/// Writes JSON at its end.
public struct JSONByteWriter: ~Copyable {
    private var bytes: [UInt8] = []

    /// - Parameter capacity: how many bytes are expected.
    public init(capacity: Int = 256) { bytes.reserveCapacity(capacity) }

    /// The bytes written.
    public consuming func finish() -> [UInt8] { bytes }

    /// Punctuation and names, as they are.
    public mutating func append(_ text: StaticString) {
        bytes.append(
            contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// A number without a fraction.
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
        array items: Items, _ write: (inout JSONByteWriter, Items.Element) -> Void
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

    /// An object whose members `write` adds, in their order.
    public mutating func object(_ write: (inout JSONByteWriter) -> Void) {
        append("{")
        write(&self)
        append("}")
    }

    /// The name of a member of the object that is being written; its value is to follow.
    public mutating func member(_ name: String) {
        if bytes.last != UInt8(ascii: "{") { append(",") }
        append(quoted: name)
        append(":")
    }

    /// nil is written as null.
    public mutating func member(_ name: String, _ text: String?) {
        member(name)
        if let text { append(quoted: text) } else { append("null") }
    }

    /// A member with a number.
    public mutating func member(_ name: String, _ number: Int) {
        member(name)
        append(number: number)
    }

    /// A member with a truth value.
    public mutating func member(_ name: String, _ flag: Bool) {
        member(name)
        append(flag ? "true" : "false")
    }

    /// A member with a time (RFC 3339).
    public mutating func member(_ name: String, _ time: Timestamp) {
        member(name, time.rfc3339)
    }

    /// A member whose value is JSON already.
    public mutating func member(_ name: String, json: String) {
        member(name)
        bytes.append(contentsOf: json.utf8)
    }

    /// A member with an object.
    public mutating func member(_ name: String, _ value: some JSONByteWritable) {
        member(name)
        value.write(to: &self)
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
