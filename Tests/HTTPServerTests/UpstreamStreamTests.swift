import EventLoop
import HTTPClient
import HTTPCore
import TestSupport
import Testing

/// Begins an exchange on the loop, and does `then` before anything of its answer can come.
private func send(
    _ loop: EventLoop, _ pool: UpstreamPool, _ method: HTTPCore.Method, to receiver: Receiver,
    deadline: Int = 5_000,
    then: @escaping @Sendable (UpstreamExchange) -> Void = { _ in }
) async -> UpstreamExchange {
    await EventLoopGroup.on(loop) {
        let exchange = pool.send(
            method, deadline: loop.time.adding(milliseconds: deadline), to: receiver
        ) { $0.append("\(method.name) / HTTP/1.1\r\nHost: t\r\n\r\n") }
        then(exchange)
        return exchange
    }
}

extension Sockets {
    @Suite struct UpstreamStreamTests {
        @Test func `a paused response is not read, and its deadline stops`()
            async throws
        {
            let total = 48 << 20
            let upstream = RawServer { connection, _ in
                _ = try connection.receive(through: "\r\n\r\n")
                try connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(total)\r\n\r\n")
                let part = [UInt8](repeating: 2, count: 1 << 20)
                for _ in 0..<48 { try connection.send(part) }
            }
            let ticks = FakeTicks()
            try await withPool(upstream.port, ticks: ticks) { loop, pool in
                let receiver = Receiver()
                let exchange = await send(
                    loop, pool, .get, to: receiver, deadline: 1_500
                ) { exchange in receiver.onBody = { exchange.pause() } }
                #expect(await eventually { receiver.log.value.bytes > 0 })
                await ticks.pass(milliseconds: 1_700)
                #expect(receiver.log.value.bytes < 1 << 20)
                #expect(receiver.log.value.failures.isEmpty)
                await EventLoopGroup.on(loop) {
                    receiver.onBody = nil
                    exchange.resume()
                }
                #expect(await eventually { receiver.log.value.ends == 1 })
                #expect(receiver.log.value.bytes == total)
                #expect(receiver.log.value.failures.isEmpty)
            }
        }

        @Test func `an answer that is paused at its last byte ends after resuming`()
            async throws
        {
            let upstream = RawServer { connection, _ in
                _ = try connection.receive(through: "\r\n\r\n")
                try connection.send(ok)
                _ = try connection.receive(through: "never")
            }
            try await withPool(upstream.port) { loop, pool in
                let receiver = Receiver()
                let exchange = await send(loop, pool, .get, to: receiver) { exchange in
                    receiver.onBody = { exchange.pause() }
                }
                #expect(await eventually { receiver.log.value.bytes == 2 })
                await EventLoopGroup.on(loop) { exchange.resume() }
                #expect(await eventually { receiver.log.value.ends == 1 })
            }
        }

        @Test func `a cancelled exchange calls nothing more and closes its connection`()
            async throws
        {
            let ended = Log(false)
            let upstream = RawServer { connection, _ in
                _ = try connection.receive(through: "\r\n\r\n")
                try connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab")
                if connection.whatHappens() != .timeout { ended.change { $0 = true } }
            }
            try await withPool(upstream.port) { loop, pool in
                let receiver = Receiver()
                let exchange = await send(loop, pool, .get, to: receiver)
                #expect(await eventually { receiver.log.value.bytes == 2 })
                await EventLoopGroup.on(loop) { exchange.cancel() }
                #expect(await eventually { ended.value })
                #expect(receiver.log.value.ends == 0)
                #expect(receiver.log.value.failures.isEmpty)
                #expect(await EventLoopGroup.on(loop) { pool.connectionCount } == 0)
            }
        }

        @Test func `idle connections end with their pool`() async throws {
            let ended = Log(false)
            let upstream = RawServer { connection, _ in
                _ = try connection.receive(through: "\r\n\r\n")
                try connection.send(ok)
                if connection.whatHappens() == .ended { ended.change { $0 = true } }
            }
            let group = EventLoopGroup(count: 1)
            do {
                var options = UpstreamOptions(host: "127.0.0.1", port: upstream.port)
                options.idleTimeout = 200
                let client = HTTPClient(options, on: group)
                let response = try await client.call(getRoot)
                #expect(response.status == 200)
            }
            #expect(await eventually { ended.value })
            group.stop()
        }
    }
}
