import EventLoop
import HTTPCore
import HTTPServer
import TestSupport
import Testing

@testable import Gateway

private let given = "4bf92f3577b34da6a3ce929d0e0e4736"
private let parent = "traceparent: 00-\(given)-00f067aa0ba902b7-01"

@Suite struct GatewayTraceTests {
    @Test func `a forwarded request continues the trace with the gateway's span`() async throws {
        let log = Log<[Seen]>([])
        let answer: @Sendable (Exchange) -> Response = { _ in
            Response(
                200, fields: [Response.Field("traceparent", "00-\(given)-0000000000000007-01")])
        }
        try await withProxy(recording(log, answer)) { world, _ in
            let answer = try await world.api.call(
                "GET", "/api/entities", token: adminToken, fields: [parent, "tracestate: a=1"])
            let forwarded = try #require(log.value.first).values("traceparent")
            let mine = answer.values("traceparent")
            #expect(forwarded.count == 1 && mine.count == 1)
            for value in forwarded + mine {
                #expect(value.hasPrefix("00-\(given)-") && value.hasSuffix("-01"))
            }
            let ids = Set((forwarded + mine).map { $0.split(separator: "-")[2] })
            #expect(
                ids.count == 2 && ids.isDisjoint(with: ["00f067aa0ba902b7", "0000000000000007"]))
            #expect(log.value.first?.values("tracestate") == ["a=1"])
        }
    }

    @Test func `a new trace has no tracestate`() async throws {
        let log = Log<[Seen]>([])
        try await withProxy(recording(log)) { world, _ in
            for fields in [[], [parent, parent], ["traceparent: nonsense"]] {
                log.set([])
                let answer = try await world.api.call(
                    "GET", "/api/entities", token: adminToken, fields: fields + ["tracestate: a=1"])
                let seen = try #require(log.value.first)
                #expect(seen.values("tracestate") == [], "\(fields)")
                let values = seen.values("traceparent") + answer.values("traceparent")
                let traces = Set(values.map { $0.split(separator: "-")[1] })
                #expect(
                    values.count == 2 && traces.count == 1 && !traces.contains(Substring(given)))
            }
        }
    }

    @Test func `a refused or failed response has its trace once`() async throws {
        try await withGateway { world in
            for (path, token, status) in [
                ("/api/entities", nil, 401), ("/api/entities", adminToken, 503),
                ("/api/me", adminToken, 200), ("/nothing", adminToken, 404),
            ] as [(String, String?, Int)] {
                let answer = try await world.api.call("GET", path, token: token, fields: [parent])
                #expect(answer.status == status)
                #expect(answer.values("traceparent").count == 1)
                #expect(answer.field("traceparent")?.contains(given) == true, "\(path)")
            }
        }
    }

    @Test func `each request is logged, with user and route`() async throws {
        try await withProxy({ $0.respond(Response(200, body: Array("12345".utf8))) }) { world, _ in
            let ann = try await world.user("ann")
            _ = try await world.api.call(
                "GET", "/api/entities/ent_1", token: ann.token, fields: ["X-Request-Id: mine"])
            var line: JSONValue?
            let found = await eventually {
                line = world.log.text.split(separator: "\n").compactMap {
                    JSONValue(Array($0.utf8))
                }.first { $0["requestId"]?.string == "mine" }
                return line != nil
            }
            #expect(found && line?["status"]?.int == 200 && line?["bytes"]?.int == 5)
            #expect(line?["path"]?.string == "/api/entities/ent_1")
            #expect(line?["route"]?.string?.hasPrefix("/api/entities/{") == true)
            #expect(line?["userId"]?.string == ann.id && line?["tokenId"]?.string == ann.tokenId)
            #expect(!world.log.text.contains(ann.token))
        }
    }

    @Test func `the metrics are Prometheus text with every documented family`() async throws {
        let upstream: @Sendable (Exchange) -> Void = { exchange in
            let isSlow = exchange.head.pathText.hasSuffix("slow")
            if !isSlow { exchange.respond(Response(200)) }
        }
        try await withProxy(patience: 200, upstream) { world, _ in
            for path in ["/api/entities", "/api/entities/slow", "/nothing"] {
                _ = try await world.api.call("GET", path, token: adminToken)
            }
            let identity = try await world.inner.call("POST", "/internal/users/lookup", body: "{}")
            #expect(identity.status == 401)
            let text = try await world.inner.call("GET", "/metrics").text
            let metrics = try Prometheus(text)
            func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
                metrics.value("latchkey_" + name, labels)
            }
            #expect(value("requests_total", ["route": "listEntities", "status": "200"]) == 1)
            #expect(value("requests_total", ["status": "504"]) == 1)
            #expect(value("requests_total", ["route": "unmatched", "status": "404"]) == 1)
            // Requests to the internal port count, too.
            #expect(value("requests_total", ["route": "lookUpUsers", "status": "401"]) == 1)
            #expect(value("request_duration_seconds_count", ["route": "listEntities"]) == 1)
            #expect(value("requests_in_flight") == 1)
            let entities = ["upstream": "entities"]
            #expect(value("upstream_request_duration_seconds_count", entities) == 2)
            let timeout = ["upstream": "entities", "reason": "timeout"]
            #expect(value("upstream_failures_total", timeout) == 1)
            #expect(value("upstream_breaker", entities) == 0)
            for name in [
                "upstream_connections", "outbox_depth", "outbox_age_seconds",
                "sqlite_queued_writes", "sqlite_commit_duration_seconds_count", "connections",
                "log_lines_dropped_total", "build_info",
            ] { #expect(value(name) != nil, "\(name)") }
        }
    }
}

extension RawResponse {
    /// All values of a field.
    fileprivate func values(_ name: String) -> [String] {
        fields.filter { $0.name == name }.map(\.value)
    }
}
