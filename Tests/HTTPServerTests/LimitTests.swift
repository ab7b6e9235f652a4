import EventLoop
import Glibc
import HTTPCore
import HTTPServer
import TestSupport
import Testing

extension Sockets {
    @Suite struct LimitTests {
        @Test func `a connection over the limit gets 503 with Retry-After`()
            async throws
        {
            var options = ServerOptions()
            options.connectionsPerLoop = 2
            try await withServer(options, handler: echo) { server in
                let first = try RawClient(port: server.port)
                let second = try RawClient(port: server.port)
                for client in [first, second] {
                    try client.send(get("/"))
                    #expect(try client.response().status == 200)
                }
                let third = try RawClient(port: server.port)
                try third.send(get("/"))
                let refusal = try third.response()
                #expect(refusal.status == 503)
                #expect(refusal.field("retry-after") == "1")
                #expect(refusal.field("connection") == "close")
                #expect(third.whatHappens() == .ended)
                third.close()
                first.close()
                #expect(await eventually { await server.connectionCount() == 1 })
                let fourth = try RawClient(port: server.port)
                try fourth.send(get("/"))
                #expect(try fourth.response().status == 200)
            }
        }

        @Test func `rejected connections do not count against the limit`() async throws {
            var options = ServerOptions()
            options.connectionsPerLoop = 2
            options.lingerTimeout = 60_000
            try await withServer(options, handler: echo) { server in
                var clients = try (0..<2).map { _ in try RawClient(port: server.port) }
                #expect(await eventually { await server.connectionCount() == 2 })
                // They don't close their ends.
                let others = try (0..<3).map { _ in try RawClient(port: server.port) }
                for client in others { #expect(try client.response().status == 503) }
                clients.removeLast().close()
                #expect(await eventually { await server.connectionCount() == 1 + 3 })
                let next = try RawClient(port: server.port)
                try next.send(get("/"))
                #expect(try next.response().status == 200)
                for client in others { client.close() }
            }
        }

        @Test func `an address has a connection limit over all loops`()
            async throws
        {
            var options = ServerOptions()
            options.connectionsPerAddress = 4
            try await withServer(options, loops: 2, handler: echo) { server in
                var clients = try (0..<4).map { _ in try RawClient(port: server.port) }
                for client in clients {
                    try client.send(get("/"))
                    #expect(try client.response().status == 200)
                }
                for count in 1...3 {
                    let other = try RawClient(port: server.port)
                    try other.send(get("/"))
                    let refusal = try other.response()
                    #expect(refusal.status == 503 && refusal.field("retry-after") == "1")
                    #expect(other.whatHappens() == .ended)
                    #expect(server.refusals == ConnectionRefusals(byAddress: count))
                }
                // Who has them keeps them; what is given back can be had again.
                for client in clients {
                    try client.send(get("/"))
                    #expect(try client.response().status == 200)
                }
                clients.removeLast().close()
                let isFree = await eventually {
                    guard let next = try? RawClient(port: server.port) else { return false }
                    try? next.send(get("/"))
                    return (try? next.response().status) == 200
                }
                #expect(isFree)
            }
        }

        @Test func `exempt proxies have no connection limit`() async throws {
            var options = ServerOptions()
            options.connectionsPerAddress = 1
            options.exemptPeers = [try #require(IPRange("127.0.0.0/8"))]
            try await withServer(options, handler: echo) { server in
                let clients = try (0..<5).map { _ in try RawClient(port: server.port) }
                for client in clients {
                    try client.send(get("/"))
                    #expect(try client.response().status == 200)
                }
                #expect(server.refusals == ConnectionRefusals())
            }
        }

        @Test func `a flood of connections holds a bounded number of descriptors`()
            async throws
        {
            var options = ServerOptions()
            options.connectionsPerAddress = 2
            options.lingerTimeout = 60_000
            try await withServer(options, handler: echo) { server in
                let held = try (0..<2).map { _ in try RawClient(port: server.port) }
                #expect(await eventually { await server.connectionCount() == 2 })
                // None of them closes its end.
                let flood = try (0..<200).map { _ in try RawClient(port: server.port) }
                #expect(await eventually { server.refusals.byAddress == 200 })
                #expect(await server.connectionCount() == 2 + 64)
                for client in flood { #expect(try client.response().status == 503) }
                try held[0].send(get("/"))
                #expect(try held[0].response().status == 200)
                for client in flood { client.close() }
                #expect(await eventually { await server.connectionCount() == 2 })
            }
        }

        @Test func `an early answer reaches a client that is still sending`() async throws {
            try await withServer {
                $0.respond(Response(403))
            } test: { server in
                for size in [10_000, 60_000, 200_000] {
                    let client = try RawClient(port: server.port)
                    try client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: \(size)\r\n\r\n")
                    try client.send([UInt8](repeating: 0, count: min(size, 50_000)))
                    let response = try client.response()
                    #expect(response.status == 403)
                    // A short body is read to its end, for the sake of the connection.
                    #expect((response.field("connection") == "close") == (size > 64 << 10))
                    guard size <= 64 << 10 else {
                        #expect(client.whatHappens() == .ended, "not reset")
                        continue
                    }
                    try client.send([UInt8](repeating: 0, count: size - min(size, 50_000)))
                    try client.send(get("/"))
                    #expect(try client.response().status == 403)
                }
            }
        }

        @Test func `a client that sends its whole body before it reads gets its answer`()
            async throws
        {
            try await withServer {
                $0.respond(Response(401))
            } test: { server in
                let client = try RawClient(port: server.port)
                let size = 1 << 20
                try client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: \(size)\r\n\r\n")
                try client.send([UInt8](repeating: 0, count: size))
                #expect(try client.response().status == 401)
                #expect(client.whatHappens() == .ended, "not reset")
            }
        }

        @Test func `a body that is announced as too long is answered 413 at once`() async throws {
            try await withServer(handler: echo) { server in
                let client = try RawClient(port: server.port)
                try client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 99999999\r\n\r\nabc")
                #expect(try client.response().status == 413)
                #expect(client.whatHappens() == .ended)
            }
        }

        @Test func `a listener out of descriptors neither spins nor dies`() async {
            await #expect(processExitsWith: .success) {
                var options = ServerOptions()
                options.idleTimeout = 60_000
                try await withServer(options, handler: echo) { server in
                    try await exhaust(server)
                }
            }
        }
    }
}

/// Leaves the process no descriptor for an accepted connection, and gives them back.
private func exhaust(_ server: HTTPServer) async throws {
    let client = try RawClient(port: server.port)
    try client.send(get("/"))
    _ = try client.response()
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(7), &limit)
    let before = limit
    // Every number below the limit is taken, but for that of the next client.
    limit.rlim_cur = 64
    setrlimit(__rlimit_resource_t(7), &limit)
    var taken: [Int32] = []
    let late = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    while case let fd = dup(0), fd >= 0 { taken.append(fd) }
    close(late)
    let waiting = try RawClient(port: server.port, timeout: 400)
    try waiting.send(get("/"))
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    let start = milliseconds(usage)
    #expect(waiting.whatHappens() == .timeout, "accepted without a descriptor")
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    #expect(milliseconds(usage) - start < 200, "spins")
    for fd in taken { close(fd) }
    limit = before
    setrlimit(__rlimit_resource_t(7), &limit)
    let served = try waiting.response().status
    #expect(served == 200, "not served afterwards")
    try client.send(get("/"))
    let kept = try client.response().status
    #expect(kept == 200, "an open connection was hurt")
}

/// The processor time of the process.
private func milliseconds(_ usage: rusage) -> Int {
    (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000
        + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1000
}
