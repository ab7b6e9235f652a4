import EventLoop
import HTTPCore
import HTTPServer
import TestSupport
import Testing

private func options(_ change: (inout ServerOptions) -> Void) -> ServerOptions {
    var options = ServerOptions()
    change(&options)
    return options
}

extension Sockets {
    @Suite struct TimeoutTests {
        @Test func `a head must be there in time, however its bytes trickle`() async throws {
            let options = options { $0.headTimeout = 300 }
            try await withServer(options, handler: echo) { server in
                let client = try RawClient(port: server.port)
                try client.send("GET / HTTP/1.1\r\nHost: t\r\n")
                let began = ContinuousClock.now
                // A byte every 20 ms for far longer than a head may take.
                onThread {
                    for _ in 0..<200 where (try? client.send("X")) != nil {
                        pauseThread(milliseconds: 20)
                    }
                }
                let response = try client.response()
                #expect(response.status == 408)
                #expect(response.field("connection") == "close")
                #expect(ContinuousClock.now - began < .seconds(2))
            }
        }

        @Test func `a head that begins behind another request has the same limit`() async throws {
            let options = options { $0.headTimeout = 200 }
            try await withServer(options, handler: echo) { server in
                let client = try RawClient(port: server.port)
                try client.send(get("/1") + "GET /2 HT")
                #expect(try client.response().status == 200)
                #expect(try client.response().status == 408)
                #expect(client.whatHappens() == .ended)
            }
        }

        @Test func `a connection without a request is closed silently`() async throws {
            let options = options { $0.headTimeout = 200 }
            try await withServer(options, handler: echo) { server in
                let client = try RawClient(port: server.port)
                #expect(client.whatHappens() == .ended)
            }
        }

        @Test func `an idle connection is closed after its last answer`() async throws {
            let options = options { $0.idleTimeout = 200 }
            try await withServer(options, handler: echo) { server in
                let client = try RawClient(port: server.port)
                try client.send(get("/"))
                #expect(try client.response().status == 200)
                #expect(client.whatHappens() == .ended)
                #expect(await server.connectionCount() == 0)
            }
        }

        @Test func `a body that stops is answered 408`() async throws {
            let options = options { $0.bodyIdleTimeout = 200 }
            let log = Log(Sink.Seen())
            try await withServer(options) {
                $0.readBody(Sink(log))
            } test: { server in
                let client = try RawClient(port: server.port)
                try client.send(String(post("/", "whole").dropLast(2)))
                #expect(try client.response().status == 408)
                #expect(client.whatHappens() == .ended)
                #expect(log.value.aborts == 1)
                #expect(log.value.ends == 0)
            }
        }

        @Test(arguments: [(rate: 1_000_000, status: 408), (rate: 1, status: 200)])
        func `a body must have a minimum rate`(rate: Int, status: Int) async throws {
            let options = options {
                $0.bodyGrace = 200
                $0.bodyMinimumRate = rate
            }
            try await withServer(options, handler: echo) { server in
                let client = try RawClient(port: server.port)
                let count = 60
                try client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: \(count)\r\n\r\n")
                // A byte every 10 ms: none is long in coming, all of them are.
                onThread {
                    for _ in 0..<count where (try? client.send("x")) != nil {
                        pauseThread(milliseconds: 10)
                    }
                }
                #expect(try client.response().status == status)
            }
        }

        @Test func `a body's timeout begins when it is read`() async throws {
            let options = options { $0.bodyIdleTimeout = 600 }
            let (ticks, isAsked, isRead) = (FakeTicks(), Flag(), Flag())
            try await withServer(options, ticks: ticks) { exchange in
                let sink = Sink()
                sink.onEnd = { exchange.respond(Response(200)) }
                // As a handler that asks another service first, for longer than the limit.
                exchange.loop.schedule(milliseconds: 700) {
                    exchange.readBody(sink)
                    isRead.set()
                }
                isAsked.set()
            } test: { server in
                let client = try RawClient(port: server.port)
                try client.send(String(post("/", "whole").dropLast(2)))
                #expect(await eventually { isAsked.isSet })
                await ticks.pass(milliseconds: 700)
                #expect(isRead.isSet)
                await ticks.pass(milliseconds: 500)
                try client.send("le")
                #expect(try client.response().status == 200)
            }
        }

        @Test func `a client that doesn't read the response is disconnected`() async throws {
            let options = options { $0.writeTimeout = 200 }
            let log = Log(Sink.Seen())
            try await withServer(options) { exchange in
                exchange.readBody(Sink(log))
                exchange.begin(200, .chunked) { _ in }
                let part = [UInt8](repeating: 0, count: 8 << 20)
                while part.withUnsafeBytes({ exchange.write($0) }) {}
            } test: { server in
                let client = try RawClient(port: server.port, receiveBuffer: 4 << 10)
                try client.send(get("/"))
                #expect(await eventually { log.value.aborts == 1 })
                #expect(await server.connectionCount() == 0)
            }
        }

        @Test func `a slow reader of a whole answer is not idle`() async throws {
            let options = options { $0.idleTimeout = 200 }
            let (size, ticks) = (12 << 20, FakeTicks())
            try await withServer(options, ticks: ticks) {
                $0.respond(Response(200, body: [UInt8](repeating: 1, count: size)))
            } test: { server in
                let client = try RawClient(port: server.port, receiveBuffer: 16 << 10)
                try client.send(get("/"))
                _ = try client.receive(through: "\r\n\r\n")
                var received = 0
                for _ in 0..<8 {
                    received += try client.receive(exactly: 1024).count
                    await ticks.pass(milliseconds: 100)
                }
                received += try client.receive(exactly: size - received).count
                #expect(received == size)
            }
        }
    }
}
