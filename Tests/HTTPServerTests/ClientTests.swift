import EventLoop
import HTTPClient
import HTTPCore
import HTTPServer
import TestSupport
import Testing

/// Runs `test` with a client of the upstream at `port`.
func withClient(
    _ port: UInt16, ticks: FakeTicks? = nil,
    options change: (inout UpstreamOptions) -> Void = { _ in },
    answers rule: AnswerRule = .whole(maximumBody: 1 << 20), test: (HTTPClient) async throws -> Void
) async throws {
    var options = UpstreamOptions(host: "127.0.0.1", port: port)
    change(&options)
    let group = ticks?.group() ?? EventLoopGroup(count: 1)
    let client = HTTPClient(options, on: group, answers: rule)
    defer { group.stop() }
    try await test(client)
}

func failure(_ body: () async throws -> ClientResponse) async -> UpstreamFailure? {
    do {
        _ = try await body()
        return nil
    } catch {
        return error as? UpstreamFailure
    }
}

extension HTTPClient {
    /// `send`, with errors that `#expect` can take.
    func call(
        _ request: ClientRequest, deadline milliseconds: Int = 5_000
    ) async throws -> ClientResponse {
        try await send(request, deadline: milliseconds)
    }
}

let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
let getRoot = ClientRequest(.get, "/")

extension Sockets {
    @Suite struct ClientTests {
        @Test func `a call sends fields and body and gets the whole response`()
            async throws
        {
            try await withServer(handler: echo) { server in
                try await withClient(server.port) { client in
                    let response = try await client.call(
                        ClientRequest(.post, "/a?b=c", body: Array("hello".utf8)))
                    #expect(response.status == 200)
                    #expect(response.body == Array("POST /a hello".utf8))
                    #expect(response.fields[.contentLength] == "13")
                }
            }
        }

        @Test func `one connection serves one call after the other`() async throws {
            let connections = Log(0)
            let upstream = RawServer { connection, _ in
                connections.change { $0 += 1 }
                while true {
                    _ = try connection.receive(through: "\r\n\r\n")
                    try connection.send(ok)
                }
            }
            try await withClient(upstream.port) { client in
                for _ in 0..<5 {
                    let response = try await client.call(getRoot)
                    #expect(response.status == 200)
                }
            }
            #expect(connections.value == 1)
        }

        @Test func `calls at once have connections of their own, up to the maximum`()
            async throws
        {
            let connections = Log(0)
            let upstream = RawServer { connection, _ in
                connections.change { $0 += 1 }
                while true {
                    _ = try connection.receive(through: "\r\n\r\n")
                    try connection.send(ok)
                }
            }
            try await withClient(upstream.port) {
                $0.maximumConnections = 3
            } test: { client in
                let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                    for _ in 0..<40 { group.addTask { try await client.call(getRoot).status } }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(statuses == Array(repeating: 200, count: 40))
                #expect(connections.value <= 3)
            }
        }

        @Test func `too many waiting calls fail at once, and the rest at their deadline`()
            async throws
        {
            let isTaken = Flag()
            let upstream = RawServer { connection, _ in
                _ = try connection.receive(through: "\r\n\r\n")
                isTaken.set()
                _ = try connection.receive(through: "never")
            }
            let ticks = FakeTicks()
            try await withClient(upstream.port, ticks: ticks) {
                $0.maximumConnections = 1
                $0.maximumWaiting = 1
            } test: { client in
                async let first = failure { try await client.call(getRoot, deadline: 1_500) }
                #expect(await eventually { isTaken.isSet })
                await withTaskGroup(of: UpstreamFailure?.self) { group in
                    for _ in 0..<2 {
                        group.addTask {
                            await failure { try await client.call(getRoot, deadline: 1_000) }
                        }
                    }
                    #expect(await group.next() == .overloaded)
                    await ticks.pass(milliseconds: 1_100)
                    #expect(await group.next() == .timeout)
                }
                await ticks.pass(milliseconds: 500)
                #expect(await first == .timeout)
            }
        }

        @Test func `a deadline passes while the answer is awaited`() async throws {
            let upstream = RawServer { connection, _ in
                try connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nsome")
                _ = try connection.receive(through: "never")
            }
            try await withClient(upstream.port) { client in
                let began = ContinuousClock.now
                let failed = await failure { try await client.call(getRoot, deadline: 150) }
                #expect(failed == .timeout)
                #expect(ContinuousClock.now - began < .seconds(3))
            }
        }

        @Test func `a refused connection is unreachable`() async throws {
            try await withClient(Ports.next()) { client in
                #expect(await failure { try await client.call(getRoot) } == .unreachable)
            }
        }

        @Test func `a name without an address is unreachable, a known one is found`()
            async throws
        {
            try await withServer(handler: echo) { server in
                try await withClient(server.port) {
                    $0.host = "no-such-host.invalid"
                } test: { client in
                    let failed = await failure {
                        try await client.call(getRoot, deadline: 10_000)
                    }
                    #expect(failed == .unreachable)
                }
                try await withClient(server.port) {
                    $0.host = "localhost"
                } test: { client in
                    let response = try await client.call(getRoot)
                    #expect(response.status == 200)
                }
            }
        }

        @Test(arguments: [
            ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\ncut", UpstreamFailure.closed),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", .closed),
            ("HTTP/1.1 200 OK\r\nContent-Le", .closed),
            ("", .closed),
            ("nonsense\r\n\r\n", .malformed),
            ("HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n", .malformed),
            ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx", .malformed),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
                .malformed
            ),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", .malformed),
        ])
        func `an incomplete response fails`(answer: String, expected: UpstreamFailure)
            async throws
        {
            let upstream = RawServer { connection, _ in
                _ = try connection.receive(through: "\r\n\r\n")
                try connection.send(answer)
            }
            try await withClient(upstream.port) { client in
                let failed = await failure { try await client.call(getRoot, deadline: 5_000) }
                #expect(failed == expected)
            }
        }

        @Test func `a response that ends with the connection is complete`() async throws {
            let upstream = RawServer { connection, _ in
                _ = try connection.receive(through: "\r\n\r\n")
                try connection.send("HTTP/1.1 200 OK\r\n\r\nuntil the end")
            }
            try await withClient(upstream.port) { client in
                let response = try await client.call(getRoot, deadline: 5_000)
                #expect(response.body == Array("until the end".utf8))
            }
        }

        @Test func `interim answers are skipped, in one piece and in many`() async throws {
            let text =
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + ok
            let upstream = RawServer { connection, number in
                while true {
                    _ = try connection.receive(through: "\r\n\r\n")
                    if number == 0 { try connection.send(text) }
                    for byte in text.utf8 where number > 0 { try connection.send([byte]) }
                    if number == 0 { return }
                }
            }
            try await withClient(upstream.port) { client in
                for _ in 0..<3 {
                    let response = try await client.call(getRoot)
                    #expect(response.status == 200)
                    #expect(response.body == Array("ok".utf8))
                }
            }
        }

        @Test func `HEAD has no body whatever its length says`() async throws {
            let upstream = RawServer { connection, _ in
                while true {
                    _ = try connection.receive(through: "\r\n\r\n")
                    try connection.send("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n")
                }
            }
            try await withClient(upstream.port) { client in
                for _ in 0..<2 {
                    let response = try await client.call(ClientRequest(.head, "/"))
                    #expect(response.body.isEmpty)
                }
            }
        }

        @Test func `an answer beyond the maximum is malformed and frees its connection`()
            async throws
        {
            let upstream = RawServer { connection, _ in
                _ = try connection.receive(through: "\r\n\r\n")
                try connection.send("HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n")
                try connection.send([UInt8](repeating: 0, count: 200))
                _ = try connection.receive(through: "never")
            }
            try await withClient(upstream.port, answers: .whole(maximumBody: 100)) { client in
                #expect(await failure { try await client.call(getRoot) } == .malformed)
            }
        }

        @Test func `a target can't add lines to the request`() async throws {
            try await withServer { exchange in
                let fields = exchange.head.fields.count
                exchange.respond(Response(200, body: Array("\(fields)".utf8)))
            } test: { server in
                try await withClient(server.port) { client in
                    let request = ClientRequest(
                        .get, "/a?b HTTP/1.1\r\nX: y\r\n\u{e9}",
                        fields: [.init("A\r\nB", "c\r\nD: e")])
                    let response = try await client.call(request)
                    #expect(response.status == 200)
                    #expect(response.body == Array("2".utf8))
                }
            }
        }

        @Test func `a response before the request is accepted`() async throws {
            // As a server that is full does: it answers and closes when it accepts.
            let upstream = RawServer { connection, _ in
                try connection.send(
                    "HTTP/1.1 503 Busy\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
                connection.shutdownWrite()
                _ = try connection.receiveAll()
            }
            try await withClient(upstream.port) { client in
                for _ in 0..<10 {
                    let response = try await client.call(getRoot, deadline: 3_000)
                    #expect(response.status == 503)
                }
            }
        }
    }
}
