import EventLoop
import HTTPCore
import HTTPServer
import TestSupport
import Testing

extension Sockets {
    @Suite struct AbortTests {
        /// Keeps the sink alive weakly only, to see that nothing else does.
        final class Weak: @unchecked Sendable {  // read after the loop has let go
            weak var sink: Sink?
        }

        private func abort(
            _ log: Log<Sink.Seen>, sends request: String,
            _ hurt: (RawClient) throws -> Void
        ) async throws {
            let kept = Weak()
            let statuses = Log<[Int]>([])
            try await withServer { exchange in
                let sink = Sink(log)
                // As a proxy does: the sink holds the exchange, which holds the sink.
                sink.onDrained = { exchange.end() }
                kept.sink = sink
                exchange.onAnswered = { status, _ in statuses.change { $0.append(status) } }
                exchange.readBody(sink)
            } test: { server in
                let client = try RawClient(port: server.port)
                try client.send(request)
                #expect(await eventually { kept.sink != nil })
                try hurt(client)
                #expect(await eventually { log.value.aborts > 0 })
                #expect(await eventually { await server.connectionCount() == 0 })
                #expect(await eventually { kept.sink == nil }, "leaked")
            }
            #expect(log.value.aborts == 1)
            #expect(statuses.value.count == 1)
        }

        @Test func `a reset while the handler works aborts once`() async throws {
            let log = Log(Sink.Seen())
            try await abort(log, sends: get("/")) { $0.reset() }
            #expect(log.value.ends == 1)
        }

        @Test func `a close in the middle of a body aborts once`() async throws {
            let log = Log(Sink.Seen())
            try await abort(log, sends: String(post("/", "body").dropLast())) { $0.close() }
            #expect(log.value.ends == 0)
        }

        @Test func `a reset in the middle of a body aborts once`() async throws {
            let log = Log(Sink.Seen())
            try await abort(log, sends: String(post("/", "body").dropLast())) { $0.reset() }
            #expect(log.value.ends == 0)
        }

        @Test func `a body that can't be read aborts once and is answered`() async throws {
            let log = Log(Sink.Seen())
            let head =
                "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"
            try await abort(log, sends: head) { client in
                try client.send("zz\r\n")
                #expect(try client.response().status == 400)
                #expect(client.whatHappens() == .ended)
                client.close()
            }
        }

        @Test func `a body beyond the limit is answered 413`() async throws {
            let log = Log(Sink.Seen())
            let head =
                "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"
            try await abort(log, sends: head) { client in
                try client.send("200000\r\n")
                #expect(try client.response().status == 413)
                client.close()
            }
        }

        @Test func `a broken body after the answer has begun cuts the answer off`() async throws {
            let log = Log(Sink.Seen())
            try await withServer { exchange in
                exchange.readBody(Sink(log))
                exchange.begin(200, .chunked) { _ in }
            } test: { server in
                let client = try RawClient(port: server.port)
                try client.send("POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n")
                _ = try client.receive(through: "\r\n\r\n")
                try client.send("zz\r\n")
                #expect(try client.receiveAll().isEmpty, "no last chunk")
                #expect(await eventually { log.value.aborts == 1 })
            }
        }

        @Test func `reading the body after the client disconnected aborts`() async throws {
            let log = Log(Sink.Seen())
            let held = Log<Exchange?>(nil)
            try await withServer { exchange in
                held.change { $0 = exchange }
            } test: { server in
                let client = try RawClient(port: server.port)
                try client.send(post("/", "body"))
                #expect(await eventually { held.value != nil })
                client.reset()
                #expect(await eventually { await server.connectionCount() == 0 })
                let exchange = try #require(held.value)
                exchange.loop.execute { exchange.readBody(Sink(log)) }
                #expect(await eventually { log.value.aborts == 1 })
                #expect(log.value.bytes.isEmpty)
            }
        }

        @Test func `a response after the client disconnected is dropped`() async throws {
            let answered = Log(0)
            let held = Log<Exchange?>(nil)
            try await withServer { exchange in
                held.change { $0 = exchange }
            } test: { server in
                let client = try RawClient(port: server.port)
                try client.send(get("/"))
                #expect(await eventually { held.value != nil })
                client.reset()
                #expect(await eventually { await server.connectionCount() == 0 })
                let exchange = try #require(held.value)
                exchange.loop.execute {
                    exchange.respond(Response(200))
                    answered.change { $0 += 1 }
                }
                #expect(await eventually { answered.value == 1 })
            }
        }

        @Test func `abort cuts a streamed response so that it is detectably incomplete`()
            async throws
        {
            try await withServer { exchange in
                exchange.begin(200, .chunked) { _ in }
                exchange.loop.schedule(milliseconds: 10) { exchange.abort(502) }
            } test: { server in
                let client = try RawClient(port: server.port)
                try client.send(get("/"))
                #expect(throws: RawFailure.ended) { try client.response() }
            }
        }
    }
}
