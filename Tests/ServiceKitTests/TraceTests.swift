import Contract
import EventLoop
import HTTPClient
import HTTPCore
import HTTPServer
import Kernel
import TestSupport
import Testing
import Tracing

@testable import ServiceKit

private struct Empty: Codable, Sendable {}

private let given = "4bf92f3577b34da6a3ce929d0e0e4736"
private let parent = "traceparent: 00-\(given)-00f067aa0ba902b7-01"

@Suite struct TraceTests {
    /// Runs `test` with a tracer that exports to a collector.
    private func withTracer(
        percent: Int = 100, _ test: (Tracer, SpanCollector) async throws -> Void
    ) async throws {
        let collector = SpanCollector()
        let group = EventLoopGroup(count: 1)
        let exporter = SpanExporter(
            to: UpstreamOptions(host: "127.0.0.1", port: collector.port), on: group, resource: [],
            version: "1", report: { _ in })
        try await test(Tracer(exporter: exporter, percent: percent), collector)
        await exporter.stop()
        group.stop()
        collector.stop()
    }

    private let thing = Route.later(
        Endpoint(
            "thing", .get, "/api/things/{id}", summary: "", query: [Member("x", "A number.")])
    ) { _ in .json(["a": "b"]) }

    @Test func `every response has the traceparent, continued or new`() async throws {
        let fail = Route.now(Endpoint("fail", .get, "/fail", access: .open, summary: "")) { _ in
            throw Fault(.internalError, code: "x", "No.")
        }
        try await withAPI([thing, fail]) { api, _ in
            for path in ["/api/things/1", "/nothing", "/fail"] {
                let one = try await api.call("GET", path, fields: [parent])
                let value = try #require(one.field("traceparent"))
                #expect(value.hasPrefix("00-\(given)-") && value.hasSuffix("-01"))
                #expect(!value.contains("00f067aa0ba902b7"))
                for fields in [[], [parent, parent], ["traceparent: 00-\(given)-x-01"]] {
                    let begun = try await api.call("GET", path, fields: fields)
                    let value = try #require(begun.field("traceparent"))
                    #expect(!value.contains(given) && value.hasSuffix("-00"), "\(fields)")
                }
            }
            let refused = try await api.send("nonsense\r\n\r\n")
            #expect(refused.status == 400 && refused.field("traceparent") != nil)
        }
    }

    @Test func `a request is a span with its route, status and user`() async throws {
        try await withTracer { tracer, collector in
            try await withAPI([thing], tracer: tracer) { api, _ in
                let answer = try await api.call(
                    "GET", "/api/things/7?x=1", token: "ann",
                    fields: [parent, "X-Request-Id: mine"])
                _ = try await api.call("GET", "/nothing/sk_live_x")
                #expect(await eventually { collector.spans.count == 2 })
                let span = try #require(collector.spans.first { $0.traceId == given })
                #expect(answer.field("traceparent") == "00-\(given)-\(span.spanId ?? "")-01")
                #expect(span.parentId == "00f067aa0ba902b7" && span["kind"]?.int == 2)
                #expect(span.spanName == "GET /api/things/{id}")
                let attributes = [
                    "http.request.method": "GET", "http.route": "/api/things/{id}",
                    "url.path": "/api/things/7", "http.response.status_code": "200",
                    "latchkey.request_id": "mine", "enduser.id": "ann",
                    "client.address": "127.0.0.1",
                ]
                for (key, value) in attributes { #expect(span.attribute(key) == value, "\(key)") }
                let start = span["startTimeUnixNano"]?.string.flatMap { Int($0) } ?? 0
                let end = span["endTimeUnixNano"]?.string.flatMap { Int($0) } ?? 0
                let now = Int(SystemClock().now().milliseconds) * 1_000_000
                #expect(start <= end && end > now - 60_000_000_000 && end <= now + 1_000_000_000)
                let other = try #require(collector.spans.first { $0.traceId != given })
                #expect(other.parentId == nil && other.attribute("http.route") == nil)
                #expect(other.spanName == "GET")
                #expect(other.attribute("url.path") == "(held a token)")
            }
        }
    }

    @Test func `a trace that the caller does not sample is not exported`() async throws {
        let health = Health([], logger: LogBook().logger()) { _ in }
        try await withTracer { tracer, collector in
            try await withAPI([thing] + health.routes, tracer: tracer) { api, server in
                health.observe(server)
                let not = parent.replacing("-01", with: "-00")
                _ = try await api.call("GET", "/api/things/7", token: "ann", fields: [not])
                // Asked by machines all the time.
                _ = try await api.call("GET", "/healthz")
                _ = try await api.call("GET", "/api/things/8", token: "ann")
                #expect(await eventually { tracer.exporter?.statistics.exported == 1 })
                #expect(collector.spans.map { $0.attribute("url.path") } == ["/api/things/8"])
                let metrics = try Prometheus(try await api.call("GET", "/metrics").text)
                #expect(metrics.value("latchkey_spans_exported_total") == 1)
                #expect(metrics.value("latchkey_spans_dropped_total") == 0)
            }
        }
    }

    @Test func `responses don't depend on the collector`() async throws {
        let group = EventLoopGroup(count: 1)
        let exporter = SpanExporter(
            to: UpstreamOptions(host: "127.0.0.1", port: Ports.next()), on: group, resource: [],
            version: "1", report: { _ in })
        try await withAPI([thing], tracer: Tracer(exporter: exporter)) { api, _ in
            for _ in 0..<50 {
                let answer = try await api.call("GET", "/api/things/7", token: "ann")
                #expect(answer.status == 200)
            }
            #expect(await eventually { exporter.statistics.dropped == 50 })
        }
        await exporter.stop()
        group.stop()
    }

    @Test func `a call to another service carries trace, state and request id`() async throws {
        let ask = Endpoint("ask", .post, "/internal/ask", access: .open, summary: "")
        let echo = Route.now(ask) { request in
            .json(
                [
                    "parent": request.head.fields[.traceparent],
                    "state": request.head.fields[.tracestate], "id": request.requestId,
                ])
        }
        try await withTracer { tracer, collector in
            try await withAPI([echo]) { neighbour, _ in
                let group = EventLoopGroup(count: 1)
                let client = ServiceClient(
                    "other", at: ServiceURL(host: "127.0.0.1", port: neighbour.port),
                    signer: IdentitySigner(issuer: "x", secret: secret, clock: SystemClock()),
                    on: group, tracer: tracer)
                let asking = Route.later(
                    Endpoint("asking", .get, "/asking", access: .open, summary: "")
                ) { _ in
                    .json(try await client.call(ask, Empty(), as: [String: String?].self))
                }
                try await withAPI([asking], tracer: tracer) { api, _ in
                    let answer = try await api.call(
                        "GET", "/asking",
                        fields: [
                            parent, "tracestate: a=1", "tracestate: b=2", "X-Request-Id: mine",
                        ])
                    #expect(answer["id"] == "mine" && answer["state"] == "a=1,b=2")
                    #expect(await eventually { collector.spans.count == 2 })
                    let server = try #require(collector.spans.first { $0["kind"]?.int == 2 })
                    let call = try #require(collector.spans.first { $0["kind"]?.int == 3 })
                    #expect(call.parentId == server.spanId && call.traceId == given)
                    #expect(answer["parent"] == "00-\(given)-\(call.spanId ?? "")-01")
                    #expect(call.spanName == "POST /internal/ask")
                    #expect(call.attribute("peer.service") == "other")
                    #expect(call.attribute("http.response.status_code") == "200")
                    // A state without its trace goes no further.
                    let begun = try await api.call("GET", "/asking", fields: ["tracestate: a=1"])
                    #expect(begun["state"] == nil && begun["parent"]?.contains(given) == false)
                }
                var text = MetricsText()
                text.upstreams([await client.state()])
                let metrics = try Prometheus(text.text)
                let name = "latchkey_upstream_request_duration_seconds_count"
                #expect(metrics.value(name, ["upstream": "other"]) == 2)
                #expect(metrics.value("latchkey_upstream_breaker", ["upstream": "other"]) == 0)
                group.stop()
            }
        }
    }

    @Test func `calls that fail are counted by reason, and their spans failed`() async throws {
        let ask = Endpoint("ask", .post, "/internal/ask", access: .service, summary: "")
        try await withTracer { tracer, collector in
            let group = EventLoopGroup(count: 1)
            let client = ServiceClient(
                "down", at: ServiceURL(host: "127.0.0.1", port: Ports.next()),
                signer: IdentitySigner(issuer: "x", secret: secret, clock: SystemClock()),
                on: group, tracer: tracer)
            await #expect(throws: Fault.self) {
                try await client.call(ask, Empty(), as: Empty.self)
            }
            #expect(await eventually { collector.spans.count == 1 })
            let span = try #require(collector.spans.first)
            #expect(span["status"]?["code"]?.int == 2 && span.parentId == nil)
            #expect(span.attribute("error.type") == "unreachable")
            var text = MetricsText()
            text.upstreams([await client.state()])
            let metrics = try Prometheus(text.text)
            let labels = ["upstream": "down", "reason": "unreachable"]
            #expect(metrics.value("latchkey_upstream_failures_total", labels) == 1)
            group.stop()
        }
    }
}
