import EventLoop
import Glibc
import HTTPCore

/// ExportTraceServiceRequest in OTLP's JSON encoding: ids in hexadecimal, 64-bit numbers in
/// strings, enumerations as numbers (https://opentelemetry.io/docs/specs/otlp/).
struct OTLP {
    /// `{"resourceSpans":[{"resource":…,"scopeSpans":[{"scope":…,"spans":[`
    private let prefix: String

    /// - Parameter resource: what is the same for all spans of the process.
    init(resource: [Span.Attribute], version: String) {
        var out = ByteBuffer()
        out.append("{\"resourceSpans\":[{\"resource\":{\"attributes\":" as StaticString)
        Self.write(resource, into: &out)
        out.append(
            "},\"scopeSpans\":[{\"scope\":{\"name\":\"latchkey\",\"version\":" as StaticString)
        out.append(quoted: version)
        out.append("},\"spans\":[" as StaticString)
        prefix = String(decoding: out.readable, as: UTF8.self)
    }

    /// - Parameter epoch: nanoseconds since 1970 when `Ticks` were zero.
    func document(_ spans: some Collection<Span>, epoch: UInt64 = OTLP.epoch()) -> [UInt8] {
        var out = ByteBuffer()
        out.append(prefix)
        var isFirst = true
        for span in spans {
            if !isFirst { out.append(byte: UInt8(ascii: ",")) }
            isFirst = false
            Self.write(span, epoch, into: &out)
        }
        out.append("]}]}]}" as StaticString)
        return Array(out.readable)
    }

    private static func write(_ span: Span, _ epoch: UInt64, into out: inout ByteBuffer) {
        let context = span.context
        out.append("{\"traceId\":\"" as StaticString)
        context.writeTraceId(into: &out)
        out.append("\",\"spanId\":\"" as StaticString)
        out.append(hex: context.spanId)
        if context.parentId != 0 {
            out.append("\",\"parentSpanId\":\"" as StaticString)
            out.append(hex: context.parentId)
        }
        out.append("\",\"flags\":1,\"kind\":" as StaticString)
        out.append(number: span.kind.rawValue)
        out.append(",\"name\":" as StaticString)
        out.append(quoted: span.name)
        out.append(",\"startTimeUnixNano\":\"" as StaticString)
        out.append(number: Int(span.start.nanoseconds &+ epoch))
        out.append("\",\"endTimeUnixNano\":\"" as StaticString)
        out.append(number: Int(max(span.end, span.start).nanoseconds &+ epoch))
        out.append("\",\"attributes\":" as StaticString)
        write(span.attributes, into: &out)
        // STATUS_CODE_ERROR; a span that did not fail leaves it unset.
        out.append(span.failed ? ",\"status\":{\"code\":2}}" : ",\"status\":{}}" as StaticString)
    }

    private static func write(_ attributes: [Span.Attribute], into out: inout ByteBuffer) {
        out.append(byte: UInt8(ascii: "["))
        for (index, attribute) in attributes.enumerated() {
            out.append(index == 0 ? "{\"key\":\"" : ",{\"key\":\"" as StaticString)
            out.append(attribute.key)
            switch attribute.value {
            case .text(let text):
                out.append("\",\"value\":{\"stringValue\":" as StaticString)
                out.append(quoted: text)
            case .number(let number):
                out.append("\",\"value\":{\"intValue\":" as StaticString)
                out.append(quoted: "\(number)")
            }
            out.append("}}" as StaticString)
        }
        out.append(byte: UInt8(ascii: "]"))
    }

    /// Taken anew for each document: the wall clock may be set.
    static func epoch() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        let now = UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
        return now &- Ticks.now.nanoseconds
    }
}
