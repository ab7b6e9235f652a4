import EventLoop
import HTTPServer
import Kernel
import Synchronization
import TestSupport
import Testing

@testable import ServiceKit

private final class Failure: Sendable { let reason = Mutex<String?>("down") }

@Suite struct HealthTests {
    private let book = LogBook()

    private func health(_ checks: [Health.Check]) -> Health {
        Health(checks, logger: book.logger()) { $0.gauge("extra", "More.", 5) }
    }

    @Test func `a process is alive, and ready if all checks pass`() async throws {
        let health = health([Health.Check("database") { nil }])
        try await withAPI(health.routes) { api, _ in
            for path in ["/healthz", "/readyz"] {
                let answer = try await api.call("GET", path)
                #expect(answer.status == 200 && answer["status"] == "ok")
                #expect(try await api.call("HEAD", path).status == 200)
                #expect(try await api.call("POST", path).status == 405)
            }
        }
    }

    @Test func `a check that fails is named, its reason only logged`() async throws {
        let health = health([
            Health.Check("database") { "disk /var/lib/x is gone" },
            Health.Check("entities") { nil },
        ])
        try await withAPI(health.routes) { api, _ in
            let answer = try await api.call("GET", "/readyz")
            #expect(answer.status == 503 && answer.json?["failures"]?.names == ["database"])
            #expect(!answer.text.contains("/var/lib"))
            #expect(book.lines.contains { $0.contains("/var/lib/x") })
            #expect(try await api.call("GET", "/healthz").status == 200)
        }
    }

    @Test func `a process is ready again when its checks pass again`() async throws {
        let failure = Failure()
        let health = health([Health.Check("x") { failure.reason.withLock { $0 } }])
        try await withAPI(health.routes) { api, _ in
            let before = try await api.call("GET", "/readyz")
            #expect(before.status == 503)
            failure.reason.withLock { $0 = nil }
            #expect(try await api.call("GET", "/readyz").status == 200)
        }
    }

    @Test func `while it drains a process is alive but not ready`() async throws {
        let health = health([])
        try await withAPI(health.routes) { api, _ in
            health.drain()
            let answer = try await api.call("GET", "/readyz")
            #expect(answer.status == 503 && answer.json?["failures"]?.names == ["process"])
            #expect(try await api.call("GET", "/healthz").status == 200)
        }
    }

    @Test func `the metrics hold the requests of the observed server`() async throws {
        let health = health([])
        try await withAPI(health.routes, loops: 2) { api, server in
            health.observe(server)
            for _ in 0..<5 { _ = try await api.call("GET", "/healthz") }
            let answer = try await api.call("GET", "/metrics")
            #expect(answer.status == 200)
            #expect(answer.field("content-type")?.hasPrefix("text/plain; version=0.0.4") == true)
            let lines = answer.text.split(separator: "\n")
            #expect(
                lines.contains(
                    #"latchkey_requests_total{route="healthz",method="GET",status="200"} 5"#))
            #expect(lines.contains("extra 5") && lines.contains("latchkey_requests_in_flight 1"))
            #expect(lines.contains { $0.hasPrefix("process_resident_memory_bytes ") })
            let metrics = try Prometheus(answer.text)
            // Whatever has been answered was at least one round of some loop.
            #expect((metrics.value("latchkey_loop_stall_seconds_count") ?? 0) >= 1)
            #expect((metrics.value("latchkey_loop_stall_seconds_sum") ?? 0) > 0)
            #expect(metrics.value("latchkey_body_memory_bytes") == 0)
            for bound in ["address", "loop"] {
                #expect(
                    metrics.value("latchkey_connections_refused_total", ["bound": bound]) == 0)
            }
            #expect(metrics.value("latchkey_refusals_not_logged_total") == 0)
        }
    }
}
