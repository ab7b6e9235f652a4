import EventLoop
import HTTPCore
import HTTPServer
import Kernel
import TestSupport
import Testing

@testable import Gateway

@Suite struct ProxyFailureTests {
    private func get(_ world: GatewayWorld) async throws -> RawResponse {
        try await world.api.call("GET", "/api/entities", token: adminToken)
    }

    /// A gateway in front of a server that answers every request with `bytes`.
    private func withRaw(
        patience: Int = 5_000, _ script: @escaping @Sendable (RawClient) throws -> Void,
        _ test: (GatewayWorld) async throws -> Void
    ) async throws {
        let server = RawServer { connection, _ in
            _ = try connection.receive(through: "\r\n\r\n")
            try script(connection)
        }
        defer { server.stop() }
        try await withGateway(entities: server.port, loops: 1, patience: patience, test)
    }

    private func breaker(_ world: GatewayWorld) async throws -> Int? {
        let text = try await world.inner.call("GET", "/metrics").text
        let name = "latchkey_upstream_breaker{upstream=\"entities\"} "
        let line = text.split(separator: "\n").first { $0.hasPrefix(name) }
        return line.flatMap { Int($0.dropFirst(name.count)) }
    }

    @Test func `a service that is down causes 503 and opens its breaker`() async throws {
        try await withGateway(loops: 1) { world in
            #expect(try await breaker(world) == 0)
            for _ in 0..<6 {
                let answer = try await get(world)
                #expect(answer.status == 503 && answer.code == "upstream_unavailable")
                #expect(answer.field("retry-after") == "1")
                #expect(answer.field("x-request-id") == answer["requestId"])
                #expect(answer.field("cache-control") == "no-store")
            }
            #expect(try await breaker(world) == 2)
            let lines = world.log.text.split(separator: "\n").filter {
                $0.contains("upstream failed")
            }
            // Five open it; on a slow machine the sixth may be the next trial.
            #expect((5...6).contains(lines.count), "those that were tried")
            #expect(lines.allSatisfy { $0.contains("\"upstream\":\"entities\"") })
            let me = try await world.api.call("GET", "/api/me", token: adminToken)
            #expect(me.status == 200, "what the gateway has itself still works")
            let ready = try await world.inner.call("GET", "/readyz")
            #expect(ready.status == 503 && ready.json?["failures"]?.names == ["entities"])
            #expect(!ready.text.contains("127.0.0.1"))
        }
    }

    @Test func `a breaker closes once the service is back`() async throws {
        let port = Ports.next()
        try await withGateway(entities: port, loops: 1) { world in
            for _ in 0..<5 { _ = try await get(world) }
            #expect(try await breaker(world) == 2)
            var options = ServerOptions()
            options.port = port
            let group = EventLoopGroup(count: 1)
            let server = try await HTTPServer(options, on: group) { _ in Fine() }
            #expect(try await eventually { try await get(world).status == 200 })
            #expect(try await breaker(world) == 0)
            await server.drain(milliseconds: 0)
            group.stop()
        }
    }

    @Test func `requests succeed once readiness was reported`() async throws {
        let port = Ports.next()
        try await withGateway(entities: port, loops: 2) { world in
            for _ in 0..<20 { _ = try await get(world) }
            #expect(try await breaker(world) == 2)
            #expect(try await world.inner.call("GET", "/readyz").status == 503)
            var options = ServerOptions()
            options.port = port
            let group = EventLoopGroup(count: 1)
            let server = try await HTTPServer(options, on: group) { _ in Fine() }
            let isReady = try await eventually {
                try await world.inner.call("GET", "/readyz").status == 200
            }
            #expect(isReady)
            for _ in 0..<10 { #expect(try await get(world).status == 200) }
            await server.drain(milliseconds: 0)
            group.stop()
        }
    }

    private final class Fine: RequestHandler {
        func handle(_ exchange: Exchange) { exchange.respond(Response(200)) }
        func response(to error: HTTPError, _ head: RequestHead?, from peer: Peer) -> Response {
            Response(error.status)
        }
    }

    @Test func `a service that does not respond causes 504`() async throws {
        try await withRaw(patience: 200, { _ in pauseThread(milliseconds: 2_000) }) { world in
            let answer = try await get(world)
            #expect(answer.status == 504 && answer.code == "upstream_timeout")
        }
    }

    @Test(arguments: [
        "garbage\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 99 No\r\n\r\n", "HTTP/2 200 OK\r\n\r\n", "SSH-2.0-x\r\n\r\n", "",
        "HTTP/1.1 200 OK\r\nA b: c\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Le",
    ]) func `a response that is not HTTP causes 502`(bytes: String) async throws {
        try await withRaw({ try $0.send(bytes) }) { world in
            let answer = try await get(world)
            #expect(answer.status == 502 && answer.code == "bad_upstream_answer")
        }
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\nzz\r\n",
    ]) func `a truncated response is recognizable as incomplete`(bytes: String) async throws {
        try await withRaw({ try $0.send(bytes) }) { world in
            await #expect(throws: RawFailure.self) { try await get(world) }
            // It counts as a failure, whatever its status was.
            let isCounted = try await eventually {
                try await world.inner.call("GET", "/metrics").text.contains(
                    #"route="listEntities",method="GET",status="502"} 1"#)
            }
            #expect(isCounted)
        }
    }

    @Test func `a response that stalls is cut off`() async throws {
        let stall: @Sendable (RawClient) throws -> Void = {
            try $0.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345")
            pauseThread(milliseconds: 2_000)
        }
        try await withRaw(patience: 200, stall) { world in
            await #expect(throws: RawFailure.self) { try await get(world) }
        }
    }

    @Test func `a response that ends with its connection is forwarded in chunks`() async throws {
        let bytes = "HTTP/1.1 200 OK\r\nX: y\r\n\r\nuntil the end"
        try await withRaw({ try $0.send(bytes) }) { world in
            let answer = try await get(world)
            #expect(answer.status == 200 && answer.text == "until the end")
            #expect(answer.field("transfer-encoding") == "chunked")
        }
    }

    @Test func `interim responses are skipped`() async throws {
        let bytes =
            "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
            + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
        try await withRaw({ try $0.send(bytes) }) { world in
            let answer = try await get(world)
            #expect(answer.status == 200 && answer.text == "ok" && answer.field("link") == nil)
        }
    }

    private func upstreamConnections(_ world: GatewayWorld) async throws -> Bool {
        let text = try await world.inner.call("GET", "/metrics").text
        return !text.contains("latchkey_upstream_connections{upstream=\"entities\"} 0\n")
    }

    @Test(arguments: [
        "\r\n", "Content-Length: 70000\r\n\r\n" + String(repeating: "x", count: 70_000),
    ])
    func `a client that disconnects cancels the request at the service`(rest: String) async throws {
        let began = Log(0)
        let wait: @Sendable (Exchange) -> Void = { exchange in
            began.change { $0 += 1 }
            exchange.readBody(Sink())
        }
        try await withProxy(patience: 60_000, wait) { world, _ in
            let client = try RawClient(port: world.api.port)
            try client.send(
                "POST /api/entities HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer \(adminToken)\r\n"
                    + rest)
            #expect(await eventually { began.value == 1 })
            #expect(try await upstreamConnections(world))
            client.reset()
            #expect(try await eventually { try await !upstreamConnections(world) })
        }
    }

    @Test func `a response is not delayed by an unfinished body`()
        async throws
    {
        let seen = Log<[Seen]>([])
        try await withProxy(recording(seen)) { world, _ in
            let client = try RawClient(port: world.api.port)
            try client.send(
                "POST /api/entities HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer \(adminToken)\r\n"
                    + "Content-Length: 10\r\n\r\nhalf")
            client.close()
            let next = try await get(world)
            #expect(next.status == 200)
            #expect(seen.value.map(\.method) == ["GET"], "half a request is none")
        }
    }

    @Test func `idle connections closed by a service fail no request`() async throws {
        let server = RawServer { connection, _ in
            _ = try connection.receive(through: "\r\n\r\n")
            try connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        }
        defer { server.stop() }
        try await withGateway(entities: server.port, loops: 1) { world in
            for _ in 0..<20 {
                let answer = try await get(world)
                #expect(answer.status == 200 && answer.text == "ok")
            }
        }
    }

    @Test func `idempotent requests are retried when a connection closes`()
        async throws
    {
        // Each connection serves one request, and closes when the next arrives.
        let server = RawServer { connection, _ in
            let head = String(
                decoding: try connection.receive(through: "\r\n\r\n"), as: UTF8.self)
            let id = head.split(separator: "\r\n").first { $0.hasPrefix("X-Request-Id: ") } ?? ""
            try connection.send("HTTP/1.1 200 OK\r\n\(id)\r\nContent-Length: 2\r\n\r\n{}")
            _ = try connection.receive(through: "\r\n\r\n")
        }
        defer { server.stop() }
        try await withGateway(entities: server.port, loops: 1) { world in
            for _ in 0..<3 { #expect(try await get(world).status == 200) }
            // It only reads.
            for _ in 0..<2 {
                let check = try await world.api.call(
                    "POST", "/api/access/check", token: adminToken, body: #"{"pairs":[]}"#)
                #expect(check.status == 200, "\(check.text)")
            }
            // On a connection that has just served one.
            #expect(try await get(world).status == 200)
            let made = try await world.api.call(
                "POST", "/api/entities", token: adminToken, body: "{}")
            #expect(made.status == 502, "nobody knows whether it was done: \(made.text)")
        }
    }

    @Test func `failures don't reveal the service's address`() async throws {
        try await withGateway(loops: 1) { world in
            let text = try await get(world).text
            for word in ["127.0.0.1", "unreachable", "circuit", "connect", "sqlite"] {
                #expect(!text.contains(word), "\(word)")
            }
        }
    }
}
