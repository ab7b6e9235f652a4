import EventLoop
import HTTPCore
import TestSupport
import Testing

@testable import Tracing

@Suite struct ExporterTests {
    @Test func `a document is OTLP's JSON`() throws {
        let format = OTLP(
            resource: [Span.Attribute("service.name", "test")], version: "1.2.3")
        let bytes = format.document([makeSpan(3), makeSpan(4, parent: 3)], epoch: 1_700_000_000)
        #expect(
            String(decoding: bytes, as: UTF8.self) == """
                {"resourceSpans":[{"resource":{"attributes":[\
                {"key":"service.name","value":{"stringValue":"test"}}]},\
                "scopeSpans":[{"scope":{"name":"latchkey","version":"1.2.3"},"spans":[\
                {"traceId":"00000000000000010000000000000002","spanId":"0000000000000003",\
                "flags":1,"kind":2,"name":"GET /a","startTimeUnixNano":"1700001000",\
                "endTimeUnixNano":"1700003500","attributes":[\
                {"key":"text","value":{"stringValue":"q\\"\\n"}},\
                {"key":"number","value":{"intValue":"200"}}],"status":{}},\
                {"traceId":"00000000000000010000000000000002","spanId":"0000000000000004",\
                "parentSpanId":"0000000000000003","flags":1,"kind":2,"name":"GET /a",\
                "startTimeUnixNano":"1700001000","endTimeUnixNano":"1700003500","attributes":[\
                {"key":"text","value":{"stringValue":"q\\"\\n"}},\
                {"key":"number","value":{"intValue":"200"}}],"status":{"code":2}}]}]}]}
                """)
    }

    @Test func `spans are sent within about a second, in one document`() async {
        let collector = SpanCollector()
        let test = ExporterUnderTest(port: collector.port)
        for number in 1...10 { test.exporter.record(makeSpan(UInt64(number))) }
        let came = await eventually { collector.spans.count == 10 }
        #expect(came && collector.documents.count <= 2)
        #expect(collector.heads.first?.hasPrefix("POST /v1/traces HTTP/1.1\r\n") == true)
        #expect(collector.heads.first?.contains("Content-Type: application/json\r\n") == true)
        // It is exported when the collector has answered.
        let counted = await eventually { test.exporter.statistics.exported == 10 }
        #expect(counted && test.exporter.statistics.dropped == 0)
        await test.stop()
        collector.stop()
    }

    @Test func `a full batch is sent at once, and stopping sends the rest`() async {
        let collector = SpanCollector()
        let test = ExporterUnderTest(port: collector.port)
        let count = SpanExporter.batch * 3 + 7
        for number in 1...count { test.exporter.record(makeSpan(UInt64(number))) }
        await test.exporter.stop()
        // On a busy machine a second may not be enough for all of them.
        #expect(await eventually { collector.spans.count == count })
        #expect(Set(collector.spans.compactMap { $0["spanId"]?.string }).count == count)
        let sizes = collector.documents.map {
            $0["resourceSpans"]?[0]?["scopeSpans"]?[0]?["spans"]?.items.count ?? 0
        }
        #expect(sizes.allSatisfy { $0 <= SpanExporter.batch })
        await test.stop()
        collector.stop()
    }

    @Test func `a full buffer drops new spans`() async {
        let collector = SpanCollector(delay: 60_000)
        let test = ExporterUnderTest(port: collector.port)
        test.exporter.record(makeSpan(1))
        // It is with the collector, who keeps the exporter waiting.
        #expect(await eventually { collector.documents.count == 1 })
        for number in 1...(SpanExporter.capacity + 10) {
            test.exporter.record(makeSpan(UInt64(number)))
        }
        #expect(test.exporter.statistics.dropped == 10)
        #expect(!test.exporter.hasRoom() && test.exporter.statistics.dropped == 11)
        let begin = Ticks.now
        await test.exporter.stop()
        #expect(Ticks.now.seconds(since: begin) < 20)
        collector.stop()
        await test.stop()
    }

    @Test(arguments: [400, 429, 500, 503])
    func `a collector that refuses loses its spans and is reported once`(status: Int) async {
        let collector = SpanCollector(status: status)
        let test = ExporterUnderTest(port: collector.port)
        for number in 1...(SpanExporter.batch * 2) {
            test.exporter.record(makeSpan(UInt64(number)))
        }
        let dropped = await eventually {
            test.exporter.statistics.dropped == SpanExporter.batch * 2
        }
        #expect(dropped && test.exporter.statistics.exported == 0)
        #expect(test.reports.count == 1 && test.reports.first?.contains("\(status)") == true)
        await test.stop()
        collector.stop()
    }

    @Test func `an unreachable collector loses its spans, and stopping is quick`() async {
        let test = ExporterUnderTest(port: Ports.next())
        for number in 1...SpanExporter.batch { test.exporter.record(makeSpan(UInt64(number))) }
        let dropped = await eventually { test.exporter.statistics.dropped == SpanExporter.batch }
        #expect(dropped && test.reports.count == 1)
        let begin = Ticks.now
        await test.stop()
        #expect(Ticks.now.seconds(since: begin) < 20)
    }

    @Test func `the configured percentage of new traces is sampled`() async throws {
        let test = ExporterUnderTest(port: Ports.next())
        for (percent, range) in [(0, 0...0), (25, 2_100...2_900), (100, 10_000...10_000)] {
            let tracer = Tracer(
                exporter: test.exporter, percent: percent, random: SeededRandom(seed: 7))
            var ids = tracer.makeIDs()
            let sampled = (0..<10_000).count { _ in tracer.begin(nil, &ids).isSampled }
            #expect(range.contains(sampled), "\(percent): \(sampled)")
            // Whoever calls from outside asks for a sample, and may not force one.
            let flagged = try (0..<1_000).count { index in
                let caller = SpanContext(
                    traceHigh: 1, traceLow: UInt64(1_000 + index), spanId: 3, isSampled: true)
                let line = "traceparent: \(caller.traceparent)"
                let fields = try head([line]).fields
                return tracer.begin(fields, &ids, isPublic: true).isSampled
            }
            #expect(flagged == percent * 10)
        }
        await test.stop()
    }
}
