import Foundation
import TestSupport
import Testing

/// Traces and logs of a request.
@Suite(.serialized) struct TraceTests {
    private let given = "4bf92f3577b34da6a3ce929d0e0e4736"

    @Test func `a request through all processes is one connected trace`() async throws {
        let collector = SpanCollector()
        let stack = try await LiveStack([
            "LATCHKEY_OTLP_URL": "http://127.0.0.1:\(collector.port)",
            "LATCHKEY_LOG_LEVEL": "info",
        ])
        try await stack.start()
        let ada = try await stack.user("ada")
        let entity = try await stack.entity(ada.token)
        let answer = try await stack.api.call(
            "GET", "/api/entities/\(entity)/publishers", token: ada.token,
            fields: [
                "traceparent: 00-\(given)-00f067aa0ba902b7-01", "X-Request-Id: followed",
            ])
        #expect(answer.status == 200)
        // The gateway, its call, entities, its call, the gateway's directory.
        let came = await eventually(within: 10_000) {
            collector.spans.count { $0.traceId == given } >= 5
        }
        #expect(came, "\(collector.spans.count) spans")
        let spans = collector.spans.filter { $0.traceId == given }
        var chain: [String] = []
        var parent = "00f067aa0ba902b7"
        while let next = spans.first(where: { $0.parentId == parent }), let id = next.spanId {
            chain.append("\(next["kind"]?.int ?? 0) \(next.spanName ?? "")")
            parent = id
        }
        let route = "GET /api/entities/{entityId}/publishers"
        let lookUp = "POST /internal/users/lookup"
        #expect(chain == ["2 \(route)", "3 \(route)", "2 \(route)", "3 \(lookUp)", "2 \(lookUp)"])
        #expect(spans.count == 5)
        let servers = spans.filter { $0["kind"]?.int == 2 }
        #expect(servers.allSatisfy { $0.attribute("latchkey.request_id") == "followed" })
        let services = Set(
            collector.documents.compactMap { document -> String? in
                // Others tell of events that go to subscribers meanwhile.
                let resource = document["resourceSpans"]?[0]
                let spans = resource?["scopeSpans"]?[0]?["spans"]?.items ?? []
                guard spans.contains(where: { $0.traceId == given }) else { return nil }
                return resource?["resource"]?.attribute("service.name")
            })
        #expect(services == ["entities", "gateway"])
        #expect(await stack.stop())
        checkLines(stack)
        collector.stop()
    }

    /// Both services log the request id and trace id; calls between services aren't logged at this
    /// level.
    private func checkLines(_ stack: LiveStack) {
        for process in [stack.gateway, stack.entities] {
            let lines = (process?.text ?? "").split(separator: "\n").compactMap {
                JSONValue(Array($0.utf8))
            }
            let mine = lines.filter { $0["requestId"]?.string == "followed" }
            #expect(mine.count == 1)
            #expect(mine.allSatisfy { $0["traceId"]?.string == given && $0["status"]?.int == 200 })
            #expect(lines.last?["message"]?.string == "stopped")
        }
        for secret in stack.secrets { #expect(!stack.logs.contains(secret)) }
    }

    @Test func `a hanging collector delays neither requests nor termination`() async throws {
        let collector = SpanCollector(delay: 60_000)
        let stack = try await LiveStack([
            "LATCHKEY_OTLP_URL": "http://127.0.0.1:\(collector.port)"
        ])
        try await stack.start()
        for _ in 0..<200 {
            let answer = try await stack.api.call("GET", "/api/entities", token: stack.adminToken)
            #expect(answer.status == 200)
        }
        #expect(await stack.stop())
        collector.stop()
    }
}
