import EventLoop
import HTTPCore
import HTTPServer
import Kernel
import TestSupport
import Testing

@testable import Gateway

/// The limit of a caller's requests in flight, which keeps connections to services free for others.
@Suite struct InFlightTests {
    private let three = ["LATCHKEY_IN_FLIGHT": "3"]

    /// Unanswered requests to the service, each on its own connection.
    private func begin(
        _ world: GatewayWorld, _ token: String, _ count: Int
    ) throws -> [RawClient] {
        try (0..<count).map { _ in
            let client = try RawClient(port: world.api.port)
            try client.send(
                "GET /api/entities HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer \(token)\r\n\r\n")
            return client
        }
    }

    @Test func `requests in flight are limited per user over all tokens`()
        async throws
    {
        let waiting = Log<[Exchange]>([])
        let hold: @Sendable (Exchange) -> Void = { exchange in
            waiting.change { $0.append(exchange) }
        }
        try await withProxy(extra: three, hold) { world, _ in
            let ada = try await world.user("ada")
            let second = try await world.token(of: ada.id)
            let grace = try await world.user("grace")
            let first = try begin(world, ada.token, 2) + begin(world, second.token, 1)
            #expect(await eventually { waiting.value.count == 3 })
            // Any route counts.
            for (token, path) in [(ada.token, "/api/entities"), (second.token, "/api/me")] {
                let refused = try await world.api.call("GET", path, token: token)
                #expect(refused.status == 429 && refused.code == "too_many_requests_in_flight")
                #expect(refused.field("retry-after") == "1")
            }
            #expect(waiting.value.count == 3)
            #expect(try await world.api.call("GET", "/api/me", token: grace.token).status == 200)
            let metrics = try Prometheus(try await world.inner.call("GET", "/metrics").text)
            #expect(metrics.value("latchkey_requests_in_flight_refused_total") == 2)
            // A response makes room for one more.
            for exchange in waiting.value {
                exchange.loop.execute { exchange.respond(Response(200)) }
            }
            for client in first { #expect(try client.response().status == 200) }
            for _ in 0..<10 {
                #expect(try await world.api.call("GET", "/api/me", token: ada.token).status == 200)
            }
        }
    }

    @Test func `a disconnected client frees its request in flight`() async throws {
        let began = Log(0)
        try await withProxy(extra: three, { _ in began.change { $0 += 1 } }) { world, _ in
            let ada = try await world.user("ada")
            let clients = try begin(world, ada.token, 3)
            #expect(await eventually { began.value == 3 })
            #expect(try await world.api.call("GET", "/api/me", token: ada.token).status == 429)
            for client in clients { client.reset() }
            let hasRoom = try await eventually {
                try await world.api.call("GET", "/api/me", token: ada.token).status == 200
            }
            #expect(hasRoom)
        }
    }

    @Test func `an unfinished upload counts as in flight`() async throws {
        try await withProxy(extra: three, { $0.respond(Response(200)) }) { world, _ in
            let ada = try await world.user("ada")
            let slow = try (0..<3).map { _ in
                let client = try RawClient(port: world.api.port)
                try client.send(
                    "POST /api/entities HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\n"
                        + "Authorization: Bearer \(ada.token)\r\n\r\n{")
                return client
            }
            let isFull = try await eventually {
                try await world.api.call("GET", "/api/me", token: ada.token).status == 429
            }
            #expect(isFull)
            for client in slow {
                try client.send("}")
                #expect(try client.response().status == 200)
            }
            #expect(try await world.api.call("GET", "/api/me", token: ada.token).status == 200)
        }
    }

    @Test func `without a token each address has its own limit`() async throws {
        let proxies = ["LATCHKEY_TRUSTED_PROXIES": "127.0.0.0/8"]
        try await withGateway(extra: three.merging(proxies) { $1 }) { world in
            func status(_ address: String) async throws -> Int {
                try await world.api.call(
                    "GET", "/openapi.json", fields: ["X-Forwarded-For: \(address)"]
                ).status
            }
            // Made once, which can take longer than requests wait for the rest of their bodies.
            #expect(try await status("192.0.2.3") == 200)
            let slow = try (0..<3).map { _ in
                let client = try RawClient(port: world.api.port)
                try client.send(
                    "POST /api/auth/codes HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\n"
                        + "X-Forwarded-For: 192.0.2.1\r\n\r\n{")
                return client
            }
            #expect(try await eventually { try await status("192.0.2.1") == 429 })
            #expect(try await status("192.0.2.2") == 200)
            for client in slow { client.close() }
            #expect(try await eventually { try await status("192.0.2.1") == 200 })
        }
    }
}
