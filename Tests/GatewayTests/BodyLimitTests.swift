import HTTPServer
import Kernel
import TestSupport
import Testing

@testable import Gateway

/// Limits of bodies: each route's, and the memory that a caller's bodies share.
@Suite struct BodyLimitTests {
    private func head(_ path: String, _ fields: String, token: String? = nil) -> String {
        let credentials = token.map { "Authorization: Bearer \($0)\r\n" } ?? ""
        return "POST \(path) HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\n"
            + "\(credentials)\(fields)\r\n"
    }

    /// `count` bytes in chunks of 1,000, none of which is near any limit.
    private func chunks(_ count: Int, ended: Bool = true) -> String {
        var text = ""
        for start in stride(from: 0, to: count, by: 1_000) {
            let size = min(1_000, count - start)
            text += "\(String(size, radix: 16))\r\n" + String(repeating: "x", count: size) + "\r\n"
        }
        return ended ? text + "0\r\n\r\n" : text
    }

    @Test(arguments: ["/api/auth/codes", "/api/auth/sessions", "/api/v1/invitations/claim"])
    func `a body without a token is limited to 16 KiB`(path: String) async throws {
        try await withGateway(invitations: Ports.next()) { world in
            let most = 16 * 1024
            for (count, isTooLong) in [(most, false), (most + 1, true)] {
                let announced = try await world.api.send(
                    head(path, "Content-Length: \(count)\r\n")
                        + String(repeating: "x", count: count))
                let sum = try await world.api.send(
                    head(path, "Transfer-Encoding: chunked\r\n") + chunks(count))
                for answer in [announced, sum] {
                    #expect((answer.status == 413) == isTooLong, "\(answer.status) for \(count)")
                    guard isTooLong else { continue }
                    #expect(answer.code == "content_too_large")
                    #expect(answer["detail"]?.contains("16384 bytes") == true)
                }
            }
        }
    }

    @Test func `a request refused for its Content-Length gets no 100 Continue`() async throws {
        try await withGateway { world in
            let answer = try await world.api.send(
                head("/api/auth/codes", "Content-Length: 16385\r\nExpect: 100-continue\r\n"))
            #expect(answer.status == 413 && answer.field("connection") == "close")
        }
    }

    @Test(arguments: ["/api/entities", "/api/tokens"])
    func `a body with a token is limited to 1 MiB, chunked or not`(path: String)
        async throws
    {
        let seen = Log<[Seen]>([])
        try await withProxy(recording(seen)) { world, _ in
            let fields = "Transfer-Encoding: chunked\r\n"
            let most = 1_048_576
            let whole = try await world.api.send(
                head(path, fields, token: adminToken) + chunks(most))
            #expect(whole.status == (path == "/api/entities" ? 200 : 400))
            // The body is unfinished: its size so far decides.
            let more = try await world.api.send(
                head(path, fields, token: adminToken) + chunks(most + 1, ended: false))
            #expect(more.status == 413 && more.code == "content_too_large")
            #expect(seen.value.allSatisfy { $0.body.count == most })
        }
    }

    @Test func `an unexpected body is limited to 16 KiB`() async throws {
        try await withGateway { world in
            for (count, status) in [(16_384, 200), (16_385, 413)] {
                let request =
                    "GET /api/me HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer \(adminToken)\r\n"
                    + "Content-Length: \(count)\r\n\r\n" + String(repeating: "x", count: count)
                let answer = try await world.api.send(request)
                #expect(answer.status == status)
            }
        }
    }

    private let small = [
        "LATCHKEY_BODY_BYTES": "65536", "LATCHKEY_BODY_MEMORY_CALLER": "65536",
        "LATCHKEY_BODY_MEMORY": "131072",
    ]

    /// Connections whose bodies lack their last byte, each holding 64 KiB once it is there.
    private func begin(
        _ world: GatewayWorld, _ token: String, _ count: Int
    ) async throws -> [RawClient] {
        let text =
            head("/api/entities", "Content-Length: 65536\r\n", token: token)
            + String(repeating: "x", count: 65_535)
        let clients = try (0..<count).map { _ in try RawClient(port: world.api.port) }
        for client in clients { try client.send(text) }
        return clients
    }

    private func held(_ world: GatewayWorld) async throws -> Double? {
        try Prometheus(try await world.inner.call("GET", "/metrics").text)
            .value("latchkey_body_memory_bytes")
    }

    @Test func `a caller's unfinished bodies cause refusals for that caller only`() async throws {
        try await withProxy(extra: small, recording(Log<[Seen]>([]))) { world, _ in
            let ada = try await world.user("ada")
            let second = try await world.token(of: ada.id)
            let grace = try await world.user("grace")
            let slow = try await begin(world, ada.token, 1)
            #expect(try await eventually { try await held(world) == 65_536 })
            // A second token doesn't get a second share.
            for token in [ada.token, second.token] {
                let refused = try await world.api.call(
                    "POST", "/api/entities", token: token, body: "{}")
                #expect(refused.status == 429 && refused.code == "too_many_bytes_in_flight")
                #expect(refused.field("retry-after") == "1")
            }
            let reading = try await world.api.call("GET", "/api/entities", token: ada.token)
            #expect(reading.status == 200, "what has no body needs no memory")
            let other = try await world.api.call(
                "POST", "/api/entities", token: grace.token, body: "{}")
            #expect(other.status == 200)
            try slow[0].send("x")
            #expect(try slow[0].response().status == 200)
            #expect(try await held(world) == 0)
            let again = try await world.api.call(
                "POST", "/api/entities", token: ada.token, body: "{}")
            #expect(again.status == 200)
        }
    }

    @Test func `beyond the memory for all bodies requests get 503 until some end`()
        async throws
    {
        try await withProxy(extra: small, recording(Log<[Seen]>([]))) { world, _ in
            let ada = try await world.user("ada")
            let grace = try await world.user("grace")
            let clients =
                try await begin(world, ada.token, 1) + begin(world, grace.token, 1)
            #expect(try await eventually { try await held(world) == 131_072 })
            let refused = try await world.api.call(
                "POST", "/api/entities", token: adminToken, body: "{}")
            #expect(refused.status == 503 && refused.code == "overloaded")
            #expect(refused.field("retry-after") == "1")
            clients[0].reset()
            #expect(try await eventually { try await held(world) == 65_536 })
            let next = try await world.api.call(
                "POST", "/api/entities", token: adminToken, body: "{}")
            #expect(next.status == 200)
            let text = try await world.inner.call("GET", "/metrics").text
            let refusals = try Prometheus(text).value(
                "latchkey_body_memory_refused_total", ["bound": "process"])
            #expect(refusals == 1)
        }
    }
}
