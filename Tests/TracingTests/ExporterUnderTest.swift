import EventLoop
import HTTPClient
import Synchronization

@testable import Tracing

/// An exporter to 127.0.0.1, and what it reports.
final class ExporterUnderTest: Sendable {
    let exporter: SpanExporter
    let group = EventLoopGroup(count: 1)
    private let lines: Reports

    var reports: [String] { lines.list.withLock { $0 } }

    init(port: UInt16) {
        let lines = Reports()
        self.lines = lines
        exporter = SpanExporter(
            to: UpstreamOptions(host: "127.0.0.1", port: port), on: group,
            resource: [Span.Attribute("service.name", "test")], version: "1.2.3",
            report: { line in lines.list.withLock { $0.append(line) } })
    }

    func stop() async {
        await exporter.stop()
        group.stop()
    }

    private final class Reports: Sendable { let list = Mutex<[String]>([]) }
}

/// A span that is kept.
func makeSpan(_ number: UInt64 = 3, parent: UInt64 = 0) -> Span {
    Span(
        SpanContext(
            traceHigh: 1, traceLow: 2, spanId: number, parentId: parent, isSampled: true),
        .server, "GET /a", start: Ticks(nanoseconds: 1_000), end: Ticks(nanoseconds: 3_500),
        attributes: [
            Span.Attribute("text", "q\"\n"), Span.Attribute("number", .number(200)),
        ], failed: number % 2 == 0)
}
