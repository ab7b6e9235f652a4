import EventLoop
import HTTPCore
import HTTPServer
import TestSupport
import Testing

extension Sockets {
    @Suite struct DrainTests {
        @Test
        func `draining completes running requests, closes idle connections and refuses new ones`()
            async throws
        {
            let held = Log<Exchange?>(nil)
            try await withServer { exchange in
                guard exchange.head.pathText == "/slow" else { return echo(exchange) }
                held.change { $0 = exchange }
            } test: { server in
                let idle = try RawClient(port: server.port)
                try idle.send(get("/"))
                #expect(try idle.response().status == 200)
                let busy = try RawClient(port: server.port)
                try busy.send(get("/slow"))
                #expect(await eventually { held.value != nil })
                async let drained: Void = server.drain(milliseconds: 5_000)
                #expect(idle.whatHappens() == .ended)
                idle.close()
                #expect(throws: RawFailure.refused) { try RawClient(port: server.port) }
                let exchange = try #require(held.value)
                exchange.loop.execute { echo(exchange) }
                let response = try busy.response()
                #expect(response.text == "GET /slow ")
                #expect(response.field("connection") == "close")
                #expect(busy.whatHappens() == .ended)
                busy.close()
                await drained
                #expect(await server.connectionCount() == 0)
            }
        }

        @Test func `a request on an idle connection is answered while draining begins`()
            async throws
        {
            let ticks = FakeTicks()
            try await withServer(ticks: ticks, handler: echo) { server in
                let client = try RawClient(port: server.port)
                try client.send(get("/"))
                #expect(try client.response().status == 200)
                let isDrained = Flag()
                Task {
                    await server.drain(milliseconds: 2_000)
                    isDrained.set()
                }
                // It has begun when nobody else gets in.
                #expect(await eventually { (try? RawClient(port: server.port)) == nil })
                try client.send(get("/late"))
                let answer = try client.response()
                #expect(answer.text == "GET /late ")
                #expect(answer.field("connection") == "close")
                client.close()
                let isOver = await eventually {
                    ticks.advance(milliseconds: 20)
                    return isDrained.isSet
                }
                #expect(isOver)
            }
        }

        @Test func `draining ends at its deadline`() async throws {
            let log = Log(Sink.Seen())
            try await withServer {
                $0.readBody(Sink(log))
            } test: { server in
                let client = try RawClient(port: server.port)
                try client.send(get("/"))
                #expect(await eventually { log.value.ends == 1 })
                let began = ContinuousClock.now
                await server.drain(milliseconds: 200)
                #expect(ContinuousClock.now - began < .seconds(3))
                #expect(await server.connectionCount() == 0)
                #expect(log.value.aborts == 1)
            }
        }

        @Test func `connections that the kernel has completed are still served`() async throws {
            try await withServer(handler: echo) { server in
                var clients: [RawClient] = []
                // More than the listener takes in one round.
                for i in 0..<150 {
                    let client = try RawClient(port: server.port)
                    try client.send(get("/\(i)"))
                    clients.append(client)
                }
                async let drained: Void = server.drain(milliseconds: 3_000)
                for client in clients {
                    #expect(try client.response().status == 200)
                    client.close()
                }
                await drained
            }
        }

        @Test func `a port in use is refused`() async throws {
            try await withServer(handler: echo) { server in
                var options = ServerOptions()
                options.port = server.port
                await #expect(throws: Socket.Failure.self) {
                    try await withServer(options, handler: echo) { _ in }
                }
            }
        }
    }
}
