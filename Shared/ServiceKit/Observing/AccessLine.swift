import HTTPCore
import Kernel
import Tracing

/// The log line of one request.
struct AccessLine {
    private static let longestPath = 1_024

    let method: String?
    let path: String?
    let status: Int
    let requestId: String
    let trace: SpanContext
    /// The pattern; nil if there is none for the path.
    var route: String?
    /// From head to answer; nil if there was no whole head.
    var nanoseconds: Int?
    /// Of the answer's body.
    var bytes: Int?
    var caller: Caller?
    var client = ""
    /// Is written at level debug.
    var isQuiet = false

    init(_ head: RequestHead?, _ status: Int, _ requestId: String, _ trace: SpanContext) {
        method = head?.method.name
        path = head.map { Self.path(of: $0) }
        self.status = status
        self.requestId = requestId
        self.trace = trace
    }

    /// The path, unless it contains a token.
    static func path(of head: RequestHead) -> String {
        head.withPath { bytes in
            guard !holdsToken(bytes) else { return "(held a token)" }
            return String(decoding: bytes.prefix(longestPath), as: UTF8.self)
        }
    }

    /// Our tokens begin `sk_live_` and `st_live_`, also where the path is percent-encoded. So may
    /// what can't be decoded.
    private static func holdsToken(_ bytes: UnsafeRawBufferPointer) -> Bool {
        PercentEncoding.contains("_live_", in: bytes) ?? true
    }

    /// For machines. What is not known is left out; numbers are numbers. Texts of our own, and
    /// request ids, need no escape.
    func json(_ time: String, _ service: String, into out: inout ByteBuffer) {
        out.append("{\"time\":\"" as StaticString)
        out.append(time)
        out.append(
            isQuiet
                ? "\",\"level\":\"debug\",\"service\":\""
                : "\",\"level\":\"info\",\"service\":\"" as StaticString)
        out.append(service)
        out.append("\",\"message\":\"request\",\"requestId\":\"" as StaticString)
        out.append(requestId)
        out.append("\",\"traceId\":\"" as StaticString)
        trace.writeTraceId(into: &out)
        out.append("\"" as StaticString)
        if let method { Self.member(",\"method\":", method, into: &out) }
        if path != nil {
            out.append(",\"route\":\"" as StaticString)
            out.append(route ?? "unmatched")
            out.append("\"" as StaticString)
        }
        if let path { Self.member(",\"path\":", path, into: &out) }
        out.append(",\"status\":" as StaticString)
        out.append(number: status)
        if let nanoseconds {
            out.append(",\"durationMs\":" as StaticString)
            Self.milliseconds(nanoseconds, into: &out)
        }
        if let bytes {
            out.append(",\"bytes\":" as StaticString)
            out.append(number: bytes)
        }
        if let caller {
            Self.member(",\"userId\":", caller.userId, into: &out)
            if !caller.tokenId.isEmpty {
                Self.member(",\"tokenId\":", caller.tokenId, into: &out)
            }
            if caller.isActedFor {
                Self.member(",\"actingId\":", caller.actingId, into: &out)
            }
        }
        if !client.isEmpty { Self.member(",\"client\":", client, into: &out) }
        out.append("}\n" as StaticString)
    }

    /// For people.
    func text(_ time: String, _ service: String, into out: inout ByteBuffer) {
        out.append(time)
        out.append(isQuiet ? " debug " : " info " as StaticString)
        out.append(service)
        out.append(": " as StaticString)
        if let method { out.append(escaped: method + " ") }
        if let path { out.append(escaped: path + " ") }
        out.append(number: status)
        if let nanoseconds {
            // A tenth is what people read.
            let tenths = (nanoseconds + 50_000) / 100_000
            out.append(" \(tenths / 10).\(tenths % 10)ms")
        }
        if let bytes { out.append(" \(bytes)B") }
        if let caller {
            out.append(" user=\(caller.userId)")
            if caller.isActedFor { out.append(" acting=\(caller.actingId)") }
        }
        out.append(" request=\(requestId)\n")
    }

    private static func member(
        _ name: StaticString, _ value: String, into out: inout ByteBuffer
    ) {
        out.append(name)
        out.append(quoted: value)
    }

    /// With three decimals: to the microsecond.
    private static func milliseconds(_ nanoseconds: Int, into out: inout ByteBuffer) {
        let microseconds = max(0, nanoseconds + 500) / 1_000
        out.append(number: microseconds / 1_000)
        let rest = microseconds % 1_000
        out.append(rest < 10 ? ".00" : rest < 100 ? ".0" : "." as StaticString)
        out.append(number: rest)
    }
}
