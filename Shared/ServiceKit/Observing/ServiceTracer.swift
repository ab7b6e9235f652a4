import EventLoop
import HTTPClient
import Kernel
import Tracing

extension Tracer {
    /// The tracer of a service, with an exporter if a collector is configured.
    convenience init(
        _ service: String, _ settings: CommonSettings, _ logger: Logger, on group: EventLoopGroup
    ) {
        let exporter = settings.collector.map { url in
            SpanExporter(
                to: UpstreamOptions(host: url.host, port: url.port), on: group,
                resource: [
                    Span.Attribute("service.namespace", "latchkey"),
                    Span.Attribute("service.name", service),
                    Span.Attribute("service.version", Version.text),
                    Span.Attribute(
                        "service.instance.id", Base62.encode(SystemRandom().bytes(12), width: 17)),
                ], version: Version.text, report: { logger.warning($0) })
        }
        self.init(exporter: exporter, percent: settings.traceSample)
    }
}

extension MetricsText {
    /// Metrics of dropped log lines and spans.
    mutating func observation(_ logger: Logger, _ tracer: Tracer?) {
        counter(
            "latchkey_log_lines_dropped_total",
            "Log lines dropped because the reader was too slow.",
            Double(logger.droppedLines))
        guard let statistics = tracer?.exporter?.statistics else { return }
        counter(
            "latchkey_spans_exported_total", "Spans accepted by the collector.",
            Double(statistics.exported))
        counter(
            "latchkey_spans_dropped_total", "Dropped spans.", Double(statistics.dropped))
    }
}
