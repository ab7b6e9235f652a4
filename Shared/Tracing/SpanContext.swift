import HTTPCore

/// Where one span stands: its trace, itself, and the span that caused it.
public struct SpanContext: Sendable, Equatable {
    /// The 16 bytes of the trace's id; not both are zero.
    public let traceHigh: UInt64
    /// The last 8 of the 16 bytes.
    public let traceLow: UInt64
    /// Never zero.
    public let spanId: UInt64
    /// The span that caused this one; zero for the first of a trace.
    public let parentId: UInt64
    /// Whether the spans of this trace are to be kept.
    public let isSampled: Bool

    public init(
        traceHigh: UInt64, traceLow: UInt64, spanId: UInt64, parentId: UInt64 = 0, isSampled: Bool
    ) {
        self.traceHigh = traceHigh
        self.traceLow = traceLow
        self.spanId = spanId
        self.parentId = parentId
        self.isSampled = isSampled
    }

    /// A span that this one causes.
    /// - Parameter isSampled: nil for what this one is.
    public func child(_ spanId: UInt64, isSampled: Bool? = nil) -> SpanContext {
        SpanContext(
            traceHigh: traceHigh, traceLow: traceLow, spanId: spanId, parentId: self.spanId,
            isSampled: isSampled ?? self.isSampled)
    }

    /// The caller's span, if there is exactly one valid `traceparent`: with two, which one counts?
    public init?(_ fields: FieldList) {
        guard fields.count(of: .traceparent) == 1,
            let context = fields.withValue(.traceparent, { SpanContext(traceparent: $0) }) ?? nil
        else { return nil }
        self = context
    }
}

/// The field `traceparent` (W3C Trace Context level 1, §3.2).
extension SpanContext {
    /// `00-`, 32 digits, `-`, 16 digits, `-`, 2 digits.
    private static let length = 55

    /// Of a higher version the parts that this one knows count, if they stand where they do here
    /// (§3.2.4). Upper-case digits, ids of zeros and version `ff` are invalid.
    public init?(traceparent bytes: UnsafeRawBufferPointer) {
        let dash = UInt8(ascii: "-")
        guard bytes.count >= Self.length, let version = Self.hex(bytes, 0, 2), version != 0xFF,
            bytes.count == Self.length || (version > 0 && bytes[Self.length] == dash),
            bytes[2] == dash, bytes[35] == dash, bytes[52] == dash,
            let high = Self.hex(bytes, 3, 16), let low = Self.hex(bytes, 19, 16),
            let span = Self.hex(bytes, 36, 16), let flags = Self.hex(bytes, 53, 2),
            high | low != 0, span != 0
        else { return nil }
        // The other flags have no meaning in this level and are not passed on.
        self.init(traceHigh: high, traceLow: low, spanId: span, isSampled: flags & 1 == 1)
    }

    /// Writes the line of the field: this span as the parent of what follows.
    public func writeField(into out: inout ByteBuffer) {
        out.append("traceparent: 00-" as StaticString)
        writeTraceId(into: &out)
        out.append("-" as StaticString)
        out.append(hex: spanId)
        out.append((isSampled ? "-01\r\n" : "-00\r\n") as StaticString)
    }

    /// 32 hexadecimal digits.
    public func writeTraceId(into out: inout ByteBuffer) {
        out.append(hex: traceHigh)
        out.append(hex: traceLow)
    }

    /// The value of the field.
    public var traceparent: String {
        String(unsafeUninitializedCapacity: Self.length) { text in
            _ = text.initialize(from: "00-00000000000000000000000000000000-".utf8)
            Self.write(traceHigh, into: text, at: 3)
            Self.write(traceLow, into: text, at: 19)
            Self.write(spanId, into: text, at: 36)
            let flags: StaticString = isSampled ? "-01" : "-00"
            for i in 0..<3 { text[52 + i] = flags.utf8Start[i] }
            return Self.length
        }
    }

    private static func write(
        _ value: UInt64, into text: UnsafeMutableBufferPointer<UInt8>, at start: Int
    ) {
        for i in 0..<16 {
            let digit = UInt8(truncatingIfNeeded: value >> UInt64(60 - 4 * i)) & 15
            text[start + i] = digit < 10 ? digit + 0x30 : digit - 10 + 0x61
        }
    }

    private static func hex(
        _ bytes: UnsafeRawBufferPointer, _ start: Int, _ count: Int
    ) -> UInt64? {
        var value: UInt64 = 0
        // By index: a slice of raw bytes is iterated by unspecialised code.
        for i in start..<start + count {
            let byte = bytes[i]
            switch byte {
            case 0x30...0x39: value = value << 4 | UInt64(byte - 0x30)
            case 0x61...0x66: value = value << 4 | UInt64(byte - 0x61 + 10)
            default: return nil
            }
        }
        return value
    }
}
