import HTTPCore
import HTTPServer
import TestSupport
import Testing

@testable import Gateway

/// Ten a second, bursts of twenty; two and four without a token.
private let limits = ["LATCHKEY_RATE_LIMIT": "10", "LATCHKEY_RATE_LIMIT_ADDRESS": "2"]

@Suite struct RateLimitTests {
    private let ticks = FakeTicks()

    private func limited(_ test: (GatewayWorld) async throws -> Void) async throws {
        try await withGateway(extra: limits, ticks: ticks, test)
    }

    private func all(_ answer: RawResponse, _ name: String) -> [String] {
        answer.fields.filter { $0.name == name }.map(\.value)
    }

    @Test func `every response to a token has its rate limit`() async throws {
        try await limited { world in
            let user = try await world.user("ann", scopes: [])
            let asked: [(String, String, Int)] = [
                ("GET", "/api/me", 200), ("HEAD", "/api/me", 200), ("GET", "/api/users", 403),
                ("DELETE", "/api/tokens/x", 403), ("GET", "/api/entities", 503),
            ]
            for (index, (method, path, status)) in asked.enumerated() {
                let answer = try await world.api.call(method, path, token: user.token)
                #expect(answer.status == status)
                #expect(all(answer, "ratelimit-policy") == ["\"token\";q=20;w=2"])
                let seconds = index < 10 ? 1 : 2
                #expect(all(answer, "ratelimit") == ["\"token\";r=\(19 - index);t=\(seconds)"])
            }
        }
    }

    @Test func `beyond the limit requests get 429 until the bucket fills`() async throws {
        try await limited { world in
            let user = try await world.user("ann")
            try await drain(world, user.token, 20)
            let refused = try await world.api.call("GET", "/api/me", token: user.token)
            #expect(refused.status == 429 && refused.code == "rate_limited")
            #expect(refused.field("content-type") == "application/problem+json")
            #expect(all(refused, "retry-after") == ["1"])
            // The draft: Retry-After is no earlier than the window's end.
            #expect(all(refused, "ratelimit") == ["\"token\";r=0;t=1"])
            ticks.advance(milliseconds: 99)
            #expect(try await world.api.call("GET", "/api/me", token: user.token).status == 429)
            ticks.advance(milliseconds: 1)
            #expect(try await world.api.call("GET", "/api/me", token: user.token).status == 200)
            #expect(try await world.api.call("GET", "/api/me", token: user.token).status == 429)
            let metrics = try await world.inner.call("GET", "/metrics").text
            #expect(metrics.contains("latchkey_rate_limited_total{policy=\"token\"} 3\n"))
            #expect(metrics.contains("latchkey_rate_limited_total{policy=\"address\"} 0\n"))
        }
    }

    @Test func `tokens have separate limits, even of the same user`() async throws {
        try await limited { world in
            let ann = try await world.user("ann")
            let second = try await world.token(of: ann.id)
            let bob = try await world.user("bob")
            try await drain(world, ann.token, 20)
            for token in [second.token, bob.token] {
                let answer = try await world.api.call("GET", "/api/me", token: token)
                #expect(answer.status == 200)
                #expect(all(answer, "ratelimit") == ["\"token\";r=19;t=1"])
            }
            #expect(try await world.api.call("GET", "/api/me", token: ann.token).status == 429)
        }
    }

    @Test func `requests without a valid token are limited by address`() async throws {
        try await limited { world in
            let bad: [String?] = [nil, "x", "sk_live_x", nil]
            for (index, token) in bad.enumerated() {
                let answer = try await world.api.call("GET", "/api/me", token: token)
                #expect(answer.status == 401)
                #expect(all(answer, "ratelimit-policy") == ["\"address\";q=4;w=2"])
                let seconds = index < 2 ? 1 : 2
                #expect(all(answer, "ratelimit") == ["\"address\";r=\(3 - index);t=\(seconds)"])
            }
            let refused = try await world.api.call("GET", "/api/me", token: "x")
            #expect(refused.status == 429 && refused.field("retry-after") == "1")
            #expect(all(refused, "ratelimit") == ["\"address\";r=0;t=1"])
            ticks.advance(milliseconds: 500)
            #expect(try await world.api.call("GET", "/api/me").status == 401)
        }
    }

    @Test func `a flood of invalid tokens doesn't block valid ones of the same address`()
        async throws
    {
        try await limited { world in
            let user = try await world.user("ann")
            for _ in 0..<30 { _ = try await world.api.call("GET", "/api/me", token: "x") }
            #expect(try await world.api.call("GET", "/api/me", token: "x").status == 429)
            for _ in 0..<20 {
                #expect(try await world.api.call("GET", "/api/me", token: user.token).status == 200)
            }
        }
    }

    @Test func `health checks and preflights are not limited`() async throws {
        let allowed = ["LATCHKEY_CORS_ORIGINS": "https://app.example"]
        try await withGateway(extra: limits.merging(allowed) { $1 }, ticks: ticks) { world in
            for _ in 0..<10 {
                let healthy = try await world.api.call("GET", "/healthz")
                #expect(healthy.status == 200 && healthy.field("ratelimit") == nil)
                let preflight = try await world.api.call(
                    "OPTIONS", "/api/me",
                    fields: ["Origin: https://app.example", "Access-Control-Request-Method: GET"])
                #expect(preflight.status == 204 && preflight.field("ratelimit") == nil)
            }
        }
    }

    /// Requests without a route, and their responses within the address's limit.
    private static let unmatched: [(request: String, status: Int)] = [
        ("GET /nothing HTTP/1.1\r\nHost: t\r\n\r\n", 404),
        ("DELETE /api/me HTTP/1.1\r\nHost: t\r\n\r\n", 405),
        ("OPTIONS /api/me HTTP/1.1\r\nHost: t\r\n\r\n", 204),
        ("OPTIONS * HTTP/1.1\r\nHost: t\r\n\r\n", 204),
        ("TRACE /api/me HTTP/1.1\r\nHost: t\r\n\r\n", 501),
        ("NONSENSE\r\n\r\n", 400),
        ("GET /api/me HTTP/1.1\r\nHost:\r\n\r\n", 400),
        (
            "GET / HTTP/1.1\r\nHost: t\r\nX: \(String(repeating: "x", count: 17_000))\r\n\r\n",
            431
        ),
        ("GET /\(String(repeating: "x", count: 9_000)) HTTP/1.1\r\nHost: t\r\n\r\n", 414),
        ("POST /api/me HTTP/1.1\r\nHost: t\r\nContent-Length: 9999999\r\n\r\n", 413),
    ]

    @Test(arguments: unmatched.indices)
    func `requests without a route count against the address`(index: Int) async throws {
        let (request, status) = Self.unmatched[index]
        try await limited { world in
            let user = try await world.user("ann")
            for _ in 0..<4 {
                let answer = try await world.api.send(request)
                #expect(answer.status == status)
            }
            let refused = try await world.api.send(request)
            #expect(refused.status == 429 && refused.code == "rate_limited")
            #expect(refused.field("retry-after") == "1")
            // They share one bucket with failed requests; valid tokens have their own.
            #expect(try await world.api.call("GET", "/api/me").status == 429)
            #expect(try await world.api.call("GET", "/api/me", token: user.token).status == 200)
            ticks.advance(milliseconds: 500)
            #expect(try await world.api.send(request).status == status)
        }
    }

    @Test func `behind a trusted proxy each client has its own bucket`() async throws {
        let trusting = limits.merging(["LATCHKEY_TRUSTED_PROXIES": "127.0.0.1"]) { $1 }
        try await withGateway(extra: trusting, ticks: ticks) { world in
            var statuses: [Int] = []
            for client in [1, 1, 1, 1, 1, 2] {
                let answer = try await world.api.call(
                    "GET", "/nothing", fields: ["X-Forwarded-For: 192.0.2.\(client)"])
                statuses.append(answer.status)
            }
            #expect(statuses == [404, 404, 404, 404, 429, 404])
        }
    }

    @Test func `a refused body keeps the connection usable and counts once`() async throws {
        try await limited { world in
            let user = try await world.user("ann")
            let body = #"{"name":"n","scopes":[]}"#
            let head =
                "POST /api/tokens HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer \(user.token)\r\n"
                + "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
            let ticks = ticks
            let port = world.api.port
            try await blocking {
                let client = try RawClient(port: port)
                for left in (0..<20).reversed() {
                    try client.send(head)
                    try client.send(body)
                    let answer = try client.response()
                    #expect(answer.status == 201)
                    #expect(answer.field("ratelimit")?.contains("r=\(left);") == true)
                }
                try client.send(head)
                pauseThread(milliseconds: 20)
                try client.send(body)
                let refused = try client.response()
                #expect(refused.status == 429)
                ticks.advance(milliseconds: 100)
                try client.send(head + body)
                let answer = try client.response()
                #expect(answer.status == 201)
            }
        }
    }

    @Test func `forwarded responses have only the gateway's rate limit fields`() async throws {
        let answer: @Sendable (Exchange) -> Response = { _ in
            Response(
                200,
                fields: [
                    Response.Field("RateLimit", "\"x\";r=1"), Response.Field("ETag", "\"e\""),
                    Response.Field("ratelimit-policy", "\"x\";q=1"),
                    Response.Field("RateLimit-Limit", "7"),
                ], body: Array("{}".utf8))
        }
        try await withProxy(extra: limits, ticks: ticks, recording(Log([]), answer)) { world, _ in
            let answer = try await world.api.call("GET", "/api/entities", token: adminToken)
            #expect(answer.status == 200 && answer.field("etag") == "\"e\"")
            #expect(all(answer, "ratelimit") == ["\"token\";r=19;t=1"])
            #expect(all(answer, "ratelimit-policy") == ["\"token\";q=20;w=2"])
            #expect(answer.field("ratelimit-limit") == nil)
            try await drain(world, adminToken, 19)
            let refused = try await world.api.call("GET", "/api/entities", token: adminToken)
            #expect(refused.status == 429)
        }
    }

    @Test func `a limit that is off adds no fields`() async throws {
        try await withGateway { world in
            for token in [adminToken, "x"] {
                let answer = try await world.api.call("GET", "/api/me", token: token)
                #expect(answer.field("ratelimit") == nil)
                #expect(answer.field("ratelimit-policy") == nil)
            }
        }
        let addressAlone = ["LATCHKEY_RATE_LIMIT_ADDRESS": "1"]
        try await withGateway(extra: addressAlone, ticks: ticks) { world in
            let free = try await world.api.call("GET", "/api/me", token: adminToken)
            #expect(free.status == 200 && free.field("ratelimit") == nil)
            let counted = try await world.api.call("GET", "/api/me")
            #expect(all(counted, "ratelimit") == ["\"address\";r=1;t=1"])
        }
    }

    /// Uses up a token's limit.
    private func drain(_ world: GatewayWorld, _ token: String, _ count: Int) async throws {
        for _ in 0..<count {
            #expect(try await world.api.call("GET", "/api/me", token: token).status == 200)
        }
    }
}
