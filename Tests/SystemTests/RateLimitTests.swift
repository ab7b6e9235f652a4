import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct RateLimitTests {
    /// Milliseconds of each of `count` requests on one connection, and their statuses.
    private struct Run: Sendable {
        var milliseconds: [Double] = []
        var statuses: [Int] = []
        var p95: Double { milliseconds.sorted()[milliseconds.count * 95 / 100] }
    }

    private func run(
        _ stack: LiveStack, _ token: String, _ path: String = "/api/entities", count: Int,
        until done: Flag = Flag()
    ) async throws -> Run {
        let port = stack.gatewayPort
        return try await blocking {
            let client = try RawClient(port: port)
            let request =
                "GET \(path) HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer \(token)\r\n\r\n"
            var run = Run()
            while run.statuses.count < count, !done.isSet {
                let begin = Date()
                try client.send(request)
                run.statuses.append(try client.response().status)
                run.milliseconds.append(Date().timeIntervalSince(begin) * 1000)
            }
            return run
        }
    }

    @Test func `a token far over its limit neither fails nor slows down another's requests`()
        async throws
    {
        let stack = try await LiveStack([
            "LATCHKEY_RATE_LIMIT": "100", "LATCHKEY_LOG_LEVEL": "info",
        ])
        try await stack.start()
        let ada = try await stack.user("ada")
        let grace = try await stack.user("grace")
        let alone = try await run(stack, try await stack.token(of: grace.id), count: 200)
        #expect(alone.statuses.allSatisfy { $0 == 200 })
        let done = Flag()
        // A request so cheap that one connection repeats it a hundred times a second on a busy
        // machine.
        async let hammering = run(stack, ada.token, "/api/me", count: 1_000_000, until: done)
        #expect(try await eventually { try await isLimited(stack, ada.token) })
        let beside = try await run(stack, grace.token, count: 200)
        done.set()
        let hammered = try await hammering
        #expect(beside.statuses.allSatisfy { $0 == 200 })
        #expect(hammered.statuses.contains(429) && hammered.statuses.contains(200))
        #expect(hammered.statuses.allSatisfy { $0 == 200 || $0 == 429 })
        // The load runs on the same machine: this is a limit for "not slowed down", no measurement.
        #expect(beside.p95 < alone.p95 * 5 + 20, "\(alone.p95) ms alone, \(beside.p95) ms beside")
        // Ada's token was never limited; the other one works again after waiting.
        let wait = try await stack.api.call("GET", "/api/me", token: ada.token)
        #expect(wait.status == 200 || wait.field("retry-after") == "1")
        #expect(try await eventually { try await !isLimited(stack, ada.token) })
        await stack.killAll()
    }

    private func isLimited(_ stack: LiveStack, _ token: String) async throws -> Bool {
        try await stack.api.call("GET", "/api/me", token: token).status == 429
    }
}
