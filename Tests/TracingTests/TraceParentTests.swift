import HTTPCore
import Kernel
import TestSupport
import Testing

@testable import Tracing

private let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
private let span = "00f067aa0ba902b7"

/// The span that a field's value names.
func parsed(_ text: String) -> SpanContext? {
    Array(text.utf8).withUnsafeBytes { SpanContext(traceparent: $0) }
}

/// A request's head with `fields`.
func head(_ fields: [String]) throws -> RequestHead {
    var parser = RequestParser(limits: HTTPLimits())
    let text = (["GET / HTTP/1.1", "Host: test"] + fields).joined(separator: "\r\n") + "\r\n\r\n"
    let head = Array(text.utf8).withUnsafeBytes { bytes -> RequestHead? in
        if case .head(let head) = parser.next(bytes).event { head } else { nil }
    }
    return try #require(head)
}

@Suite struct TraceParentTests {
    @Test(
        arguments: [
            ("00-\(trace)-\(span)-01", true), ("00-\(trace)-\(span)-00", false),
            // Flags that this level does not know.
            ("00-\(trace)-\(span)-09", true), ("00-\(trace)-\(span)-fe", false),
            ("00-\(trace)-\(span)-ff", true),
            // Ids of which one half is zero.
            ("00-00000000000000000000000000000001-\(span)-01", true),
            ("00-10000000000000000000000000000000-0000000000000001-01", true),
            // Higher versions: what is known of them counts.
            ("01-\(trace)-\(span)-01", true), ("cc-\(trace)-\(span)-01", true),
            ("cc-\(trace)-\(span)-01-what-the-future-will-be-like", true),
            ("fe-\(trace)-\(span)-00-", false),
        ])
    func `a valid traceparent is read`(text: String, isSampled: Bool) throws {
        let context = try #require(parsed(text))
        #expect(context.isSampled == isSampled && context.parentId == 0)
        // We speak version 00, and of the flags the one that we know.
        #expect(
            context.traceparent == "00-" + text.dropFirst(3).prefix(50) + (isSampled ? "01" : "00"))
    }

    @Test(
        arguments: [
            "", "00", "00-", "00-\(trace)", "00-\(trace)-\(span)", "00-\(trace)-\(span)-",
            "00-\(trace)-\(span)-0", "00-\(trace)-\(span)-01-", "00-\(trace)-\(span)-01-xyz",
            "00-\(trace)-\(span)-011", "00-\(trace)-\(span)-01 ", " 00-\(trace)-\(span)-01",
            "00-00000000000000000000000000000000-\(span)-01",
            "00-\(trace)-0000000000000000-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-\(span)-01", "00-\(trace)-00F067AA0BA902B7-01",
            "00-\(trace)-\(span)-0A", "00-\(trace)-\(span)-0g", "00-\(trace)-\(span)-.1",
            "ff-\(trace)-\(span)-01", "FF-\(trace)-\(span)-01", "0-\(trace)-\(span)-01",
            "000-\(trace)-\(span)-01", "0g-\(trace)-\(span)-01", ".0-\(trace)-\(span)-01",
            "01-\(trace)-\(span)-01.future", "01-\(trace)-\(span)-011", "cc-\(trace)-\(span)",
            "00_\(trace)_\(span)_01", "00-\(trace)\(span)--01",
            "00-.\(trace.dropFirst())-\(span)-01",
            "00-\(trace.dropLast())-\(span)-01", "00-\(trace)0-\(span.dropLast())-01",
            "00-é\(trace.dropFirst(2))-\(span)-01", "00-\(trace)-+\(span.dropFirst())-01",
        ])
    func `an invalid traceparent is ignored`(text: String) {
        #expect(parsed(text) == nil)
    }

    @Test func `two traceparent fields are ignored`() throws {
        let line = "traceparent: 00-\(trace)-\(span)-01"
        #expect(SpanContext(try head([line]).fields) != nil)
        #expect(SpanContext(try head(["TraceParent:\t00-\(trace)-\(span)-01 "]).fields) != nil)
        #expect(SpanContext(try head([line, line]).fields) == nil)
        #expect(SpanContext(try head([]).fields) == nil)
    }

    @Test func `a child has the trace and the parent's id`() {
        let parent = SpanContext(traceHigh: 1, traceLow: 2, spanId: 3, isSampled: true)
        let child = parent.child(0xABC)
        #expect(child.parentId == 3 && child.isSampled)
        #expect(
            child.traceparent == "00-00000000000000010000000000000002-0000000000000abc-01")
    }
}

@Suite struct TracerTests {
    @Test func `a continued trace keeps its sampling flag`() throws {
        let tracer = Tracer(percent: 100)
        var ids = tracer.makeIDs()
        for flag in ["00", "01"] {
            let fields = try head(["traceparent: 00-\(trace)-\(span)-\(flag)"]).fields
            let context = tracer.begin(fields, &ids)
            #expect(context.traceparent.hasPrefix("00-\(trace)-"))
            #expect(
                !context.traceparent.contains(span) && context.parentId == 0x00F0_67AA_0BA9_02B7)
            #expect(context.isSampled == (flag == "01"))
            // No exporter: nothing is kept.
            #expect(!tracer.keeps(context))
        }
    }

    @Test func `without an exporter no new trace is sampled`() {
        let tracer = Tracer(percent: 100)
        var ids = tracer.makeIDs()
        for _ in 0..<100 { #expect(!tracer.begin(nil, &ids).isSampled) }
        #expect(!tracer.span(below: nil).isSampled)
    }

    @Test func `ids differ, between loops too, and none is zero`() {
        let tracer = Tracer()
        var loops = [tracer.makeIDs(), tracer.makeIDs()]
        var seen: Set<UInt64> = []
        for number in 0..<20_000 { seen.insert(loops[number % 2].next()) }
        #expect(seen.count == 20_000 && !seen.contains(0))
    }

    @Test func `the generator is xoshiro256**`() {
        /// A state of 1, 2, 3, 4, for which the first numbers are known.
        struct Counting: RandomSource {
            func bytes(_ count: Int) -> [UInt8] {
                (1...4).flatMap { [UInt8($0)] + [UInt8](repeating: 0, count: 7) }
            }
        }
        var ids = TraceIDs(random: Counting())
        // The second number is 0, which is no id.
        #expect(
            (0..<4).map { _ in ids.next() } == [
                11_520, 1_509_978_240, 1_215_971_899_390_074_240, 1_216_172_134_540_287_360,
            ])
    }
}
