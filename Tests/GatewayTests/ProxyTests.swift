import HTTPCore
import HTTPServer
import Kernel
import TestSupport
import Testing

@testable import Gateway

/// Echoes the body, and its Content-Length.
@Sendable private func echo(_ exchange: Exchange) {
    let sink = Sink()
    sink.onEnd = {
        let fields = exchange.head.fields
        let told = fields[.transferEncoding] ?? fields[.contentLength] ?? "nothing"
        exchange.respond(
            Response(200, fields: [Response.Field("X-Framing", told)], body: sink.bytes))
    }
    exchange.readBody(sink)
}

@Suite struct ProxyTests {
    private func request(_ method: String, _ fields: String, _ path: String = "/api/entities")
        -> String
    {
        "\(method) \(path) HTTP/1.1\r\nHost: t\r\n"
            + "Authorization: Bearer \(adminToken)\r\n\(fields)\r\n"
    }

    /// A body in which lost, doubled or moved parts show.
    private func payload(_ count: Int) -> [UInt8] { SeededRandom(seed: 7).bytes(count) }

    @Test(arguments: [0, 1, 16_384, 65_536, 1_000_000])
    func `a body with a length reaches the service whole`(count: Int) async throws {
        try await withProxy(echo) { world, _ in
            let body = payload(count)
            let head = request("POST", "Content-Length: \(count)\r\n")
            let answer = try await converse(world, head, body)
            #expect(answer.status == 200 && answer.body == body)
            #expect(answer.field("x-framing") == "\(count)")
        }
    }

    @Test(arguments: [1, 100, 1_000_000])
    func `a chunked body reaches the service whole, with a length`(count: Int) async throws {
        try await withProxy(echo) { world, _ in
            let body = payload(count)
            var chunks: [UInt8] = []
            for start in stride(from: 0, to: count, by: 7_000) {
                let part = body[start..<min(start + 7_000, count)]
                chunks +=
                    Array("\(String(part.count, radix: 16));ext=1\r\n".utf8) + part + [13, 10]
            }
            let head = request("POST", "Transfer-Encoding: chunked\r\n")
            let answer = try await converse(
                world, head, chunks + Array("0\r\nTrailer: x\r\n\r\n".utf8))
            #expect(answer.status == 200 && answer.body == body)
            #expect(answer.field("x-framing") == "\(count)" && answer.field("trailer") == nil)
        }
    }

    /// Sends on one thread while another reads, as the response may start during the request.
    private func converse(
        _ world: GatewayWorld, _ head: String, _ body: [UInt8]
    ) async throws -> RawResponse {
        let port = world.api.port
        return try await blocking {
            let client = try RawClient(port: port)
            onThread { try? client.send(Array(head.utf8) + body) }
            return try client.response()
        }
    }

    @Test func `a large response arrives complete at a slow reader`() async throws {
        let body = payload(8_000_000)
        try await withProxy({ $0.respond(Response(200, body: body)) }) { world, _ in
            let port = world.api.port
            let head = request("GET", "")
            let answer = try await blocking {
                let client = try RawClient(port: port, receiveBuffer: 4_096)
                try client.send(head)
                pauseThread(milliseconds: 100)
                return try client.response()
            }
            #expect(answer.body == body)
        }
    }

    @Test func `HEAD keeps the length and has no body`() async throws {
        try await withProxy({ $0.respond(Response(200, body: Array("twelve bytes".utf8))) }) {
            world, _ in
            let answer = try await world.api.call("HEAD", "/api/entities", token: adminToken)
            #expect(answer.status == 200 && answer.field("content-length") == "12")
            #expect(answer.body.isEmpty)
        }
    }

    @Test(arguments: [204, 304]) func `a response without a body has no framing`(status: Int)
        async throws
    {
        let answers: @Sendable (Exchange) -> Void = {
            $0.respond(Response(status, fields: [Response.Field("ETag", "\"e\"")]))
        }
        try await withProxy(answers) { world, _ in
            let port = world.api.port
            let head = request("GET", "")
            try await blocking {
                let client = try RawClient(port: port)
                for _ in 0..<3 {
                    try client.send(head)
                    let answer = try client.response()
                    #expect(answer.status == status && answer.field("etag") == "\"e\"")
                    #expect(answer.field("content-length") == nil)
                    #expect(answer.field("transfer-encoding") == nil)
                }
            }
        }
    }

    @Test(arguments: [200, 201, 302, 400, 404, 409, 422, 500, 503])
    func `a service's status and body are forwarded unchanged`(status: Int) async throws {
        let fields = [
            Response.Field("Content-Type", "application/problem+json"),
            Response.Field("Location", "/api/x"), Response.Field("Retry-After", "9"),
            Response.Field("Link", "</a>; rel=\"next\""),
        ]
        let body = Array("{\"code\": \"own\"}".utf8)
        try await withProxy({ $0.respond(Response(status, fields: fields, body: body)) }) {
            world, _ in
            let answer = try await world.api.call("GET", "/api/entities", token: adminToken)
            #expect(answer.status == status && answer.body == body)
            for field in fields { #expect(answer.field(field.name.lowercased()) == field.value) }
        }
    }

    @Test func `a service's 401 becomes 502`() async throws {
        let fields = [Response.Field("WWW-Authenticate", "Bearer")]
        let refuse: @Sendable (Exchange) -> Void = {
            $0.respond(Response(401, fields: fields, body: [1, 2, 3]))
        }
        try await withProxy(refuse) { world, _ in
            for body in [nil, "{}"] {
                let answer = try await world.api.call(
                    body == nil ? "GET" : "POST", "/api/entities", token: adminToken, body: body)
                #expect(answer.status == 502 && answer.code == "bad_upstream_answer")
                #expect(answer.field("www-authenticate") == nil)
            }
        }
    }

    @Test(arguments: ["Content-Length: 900000\r\n", "Transfer-Encoding: chunked\r\n"])
    func `an upload in progress uses no connection to the service`(
        framing: String
    ) async throws {
        let seen = Log<[Seen]>([])
        try await withProxy(recording(seen)) { world, upstream in
            let port = world.api.port
            let head = request("POST", framing)
            let body = payload(900_000)
            let isChunked = framing.hasPrefix("Transfer")
            let before = isChunked ? Array("\(String(900_000, radix: 16))\r\n".utf8) : []
            let after = isChunked ? Array("\r\n0\r\n\r\n".utf8) : []
            let client = try RawClient(port: port)
            try client.send(Array(head.utf8) + before + body.dropLast())
            // Others are served in the meantime, on the only connection.
            for _ in 0..<3 {
                #expect(
                    try await world.api.call("GET", "/api/entities", token: adminToken).status
                        == 200)
            }
            #expect(await upstream.connectionCount() == 1)
            #expect(seen.value.allSatisfy { $0.method == "GET" })
            try client.send([body.last ?? 0] + after)
            #expect(try client.response().status == 200)
            #expect(seen.value.last?.method == "POST" && seen.value.last?.body == body)
        }
    }

    @Test func `concurrent requests share pooled connections`() async throws {
        try await withProxy({ $0.respond(Response(200)) }) { world, upstream in
            let port = world.api.port
            let head = request("GET", "")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        try await blocking {
                            let client = try RawClient(port: port)
                            for _ in 0..<25 {
                                try client.send(head)
                                #expect(try client.response().status == 200)
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            let count = await upstream.connectionCount()
            #expect((1...8).contains(count), "\(count) for 200 requests")
            let metrics = try await world.inner.call("GET", "/metrics").text
            #expect(
                metrics.contains("latchkey_upstream_connections{upstream=\"entities\"} \(count)\n"))
            let total =
                #"latchkey_requests_total{route="listEntities",method="GET",status="200"} 200"#
            #expect(metrics.contains(total + "\n"))
        }
    }

    @Test func `pipelined requests are answered in order`() async throws {
        let answers: @Sendable (Exchange) -> Void = {
            $0.respond(Response(200, body: Array($0.head.pathText.utf8)))
        }
        try await withProxy(answers) { world, _ in
            let port = world.api.port
            let heads = (0..<20).map { request("GET", "", "/api/entities/e\($0)") }.joined()
            let bodies = try await blocking {
                let client = try RawClient(port: port)
                try client.send(heads)
                return try (0..<20).map { _ in try client.response().text }
            }
            #expect(bodies == (0..<20).map { "/api/entities/e\($0)" })
        }
    }

    @Test func `what a service can't answer at once is sent again, on a connection of its own`()
        async throws
    {
        let seen = Log<[Seen]>([])
        let service = recording(seen) { exchange in
            let isAtOnce = exchange.head.fields.count(of: .latchkeyAtOnce) > 0
            return Response(isAtOnce ? 421 : 200, body: Array((isAtOnce ? "" : "done").utf8))
        }
        try await withProxy(service) { world, _ in
            let body = #"{"checks":[{"entityId":"ent_1"}]}"#
            for _ in 0..<3 {
                let answer = try await world.api.call(
                    "POST", "/api/access/check", token: adminToken, body: body)
                #expect(answer.status == 200 && answer.text == "done")
            }
            #expect(seen.value.count == 6 && seen.value.allSatisfy { $0.body == Array(body.utf8) })
            seen.set([])
            // Others would have to wait for so much.
            let long = #"{"checks":["# + String(repeating: #"{"entityId":"ent_1"},"#, count: 300)
            _ = try await world.api.call(
                "POST", "/api/access/check", token: adminToken, body: long,
                fields: ["Latchkey-At-Once: 1"])
            #expect(seen.value.count == 1)
        }
    }

    @Test func `a body over 1 MiB gets 413 and isn't forwarded`() async throws {
        let seen = Log<[Seen]>([])
        try await withProxy(recording(seen)) { world, _ in
            let long = request("POST", "Content-Length: 1048577\r\n")
            #expect(try await world.api.send(long).status == 413)
            let chunked = request("POST", "Transfer-Encoding: chunked\r\n")
            let chunks = Array("100001\r\n".utf8) + [UInt8](repeating: 1, count: 0x10_0001)
            let answer = try await converse(world, chunked, chunks)
            #expect(answer.status == 413 && answer.code == "content_too_large")
            let next = try await world.api.call("GET", "/api/entities", token: adminToken)
            #expect(next.status == 200 && seen.value.map(\.method) == ["GET"])
        }
    }

    @Test func `Expect: 100-continue is answered with 100`() async throws {
        try await withProxy(echo) { world, _ in
            let port = world.api.port
            let head = request("POST", "Content-Length: 3\r\nExpect: 100-continue\r\n")
            let answer = try await blocking {
                let client = try RawClient(port: port)
                try client.send(head)
                let interim = try client.receive(through: "\r\n\r\n")
                #expect(interim.starts(with: "HTTP/1.1 100 ".utf8))
                try client.send("abc")
                return try client.response()
            }
            #expect(answer.status == 200 && answer.text == "abc")
        }
    }

    @Test func `a refused request gets no 100 Continue`() async throws {
        try await withProxy(echo) { world, _ in
            let answer = try await world.api.send(
                "POST /api/entities HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\n"
                    + "Expect: 100-continue\r\n\r\n")
            #expect(answer.status == 401 && answer.field("connection") == "close")
        }
    }
}
