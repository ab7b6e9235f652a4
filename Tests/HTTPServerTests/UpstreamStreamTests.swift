import EventLoop
import HTTPClient
import HTTPCore
import TestSupport
import Testing

/// Takes an answer, counts what it is told, and does what the test wants.
private final class Receiver: ResponseConsumer, @unchecked Sendable {  // used on one loop
    struct Seen: Sendable {
        var status = 0
        var bytes = 0
        var ends = 0
        var drains = 0
        var failures: [UpstreamFailure] = []
    }

    let log = Log(Seen())
    var onBody: (() -> Void)?
    var onDrained: (() -> Void)?

    func head(_ head: ResponseHead) { log.change { $0.status = head.status } }

    func responseBody(_ bytes: UnsafeRawBufferPointer) {
        log.change { $0.bytes += bytes.count }
        onBody?()
    }

    func end() { log.change { $0.ends += 1 } }
    func failed(_ failure: UpstreamFailure) { log.change { $0.failures.append(failure) } }

    func requestDrained() {
        log.change { $0.drains += 1 }
        onDrained?()
    }
}

private func withPool(
    _ port: UInt16, test: @escaping (EventLoop, UpstreamPool) async throws -> Void
) async throws {
    let group = EventLoopGroup(count: 1)
    let loop = group.loops[0]
    let options = UpstreamOptions(host: "127.0.0.1", port: port)
    let pool = UpstreamPool(options, resolver: Resolver(), on: loop)
    do {
        try await test(loop, pool)
    } catch {
        group.stop()
        throw error
    }
    group.stop()
}

private func head(_ method: String, _ framing: String, into out: inout ByteBuffer) {
    out.append("\(method) / HTTP/1.1\r\nHost: t\r\n\(framing)\r\n")
}

/// Begins an exchange on the loop, and does `then` before anything of its answer can come.
private func send(
    _ loop: EventLoop, _ pool: UpstreamPool, _ method: HTTPCore.Method, _ framing: BodyFraming,
    to receiver: Receiver, deadline: Int = 5_000,
    then: @escaping @Sendable (UpstreamExchange) -> Void = { _ in }
) async -> UpstreamExchange {
    await EventLoopGroup.on(loop) {
        let fields = framing == .chunked ? "Transfer-Encoding: chunked\r\n" : ""
        let exchange = pool.send(
            method, streaming: framing, deadline: Ticks.now.adding(milliseconds: deadline),
            to: receiver
        ) { head(method.name, fields, into: &$0) }
        then(exchange)
        return exchange
    }
}

extension Sockets {
    @Suite struct UpstreamStreamTests {
        @Test func `a streamed body follows its head, also when written before the connection`()
            async throws
        {
            let got = Log("")
            let upstream = RawServer { connection, _ in
                let bytes = try connection.receive(through: "0\r\n\r\n")
                got.change { $0 = String(decoding: bytes, as: UTF8.self) }
                try connection.send(ok)
            }
            try await withPool(upstream.port) { loop, pool in
                let receiver = Receiver()
                _ = await EventLoopGroup.on(loop) {
                    let exchange = pool.send(
                        .post, streaming: .chunked,
                        deadline: Ticks.now.adding(milliseconds: 5_000), to: receiver
                    ) { head("POST", "Transfer-Encoding: chunked\r\n", into: &$0) }
                    for part in ["one", "two"] {
                        _ = Array(part.utf8).withUnsafeBytes { exchange.write($0) }
                    }
                    exchange.endBody()
                    return exchange
                }
                #expect(await eventually { receiver.log.value.ends == 1 })
                #expect(
                    got.value == "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + "3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n")
                #expect(receiver.log.value.status == 200)
            }
        }

        @Test func `an upstream that reads slowly pauses the producer`() async throws {
            let total = 48 << 20
            let go = Log(false)
            let upstream = RawServer { connection, _ in
                _ = try connection.receive(through: "\r\n\r\n")
                while !go.value { connection.pauseThread(milliseconds: 5) }
                _ = try connection.receive(exactly: total)
                try connection.send(ok)
            }
            try await withPool(upstream.port) { loop, pool in
                let receiver = Receiver()
                let sent = Log(0)
                let exchange = await send(loop, pool, .put, .length(total), to: receiver)
                let produce = {
                    let part = [UInt8](repeating: 1, count: 96 << 10)
                    while sent.value < total {
                        sent.change { $0 += part.count }
                        if !part.withUnsafeBytes({ exchange.write($0) }) { return }
                    }
                    exchange.endBody()
                }
                await EventLoopGroup.on(loop) { [boxed = Boxed(produce)] in
                    receiver.onDrained = boxed.body
                    boxed.body()
                }
                try await Task.sleep(for: .milliseconds(100))
                #expect(sent.value < total / 2)
                go.change { $0 = true }
                #expect(await eventually { receiver.log.value.ends == 1 })
                #expect(sent.value == total)
            }
        }

        @Test func `a paused answer stays with the upstream, and its time does not pass`()
            async throws
        {
            let total = 48 << 20
            let upstream = RawServer { connection, _ in
                _ = try connection.receive(through: "\r\n\r\n")
                try connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(total)\r\n\r\n")
                let part = [UInt8](repeating: 2, count: 1 << 20)
                for _ in 0..<48 { try connection.send(part) }
            }
            try await withPool(upstream.port) { loop, pool in
                let receiver = Receiver()
                let exchange = await send(
                    loop, pool, .get, .none, to: receiver, deadline: 1_500
                ) { exchange in receiver.onBody = { exchange.pause() } }
                #expect(await eventually { receiver.log.value.bytes > 0 })
                try await Task.sleep(for: .milliseconds(1_700))
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
                let exchange = await send(loop, pool, .get, .none, to: receiver) { exchange in
                    receiver.onBody = { exchange.pause() }
                }
                #expect(await eventually { receiver.log.value.bytes == 2 })
                await EventLoopGroup.on(loop) { exchange.resume() }
                #expect(await eventually { receiver.log.value.ends == 1 })
            }
        }

        @Test func `a cancelled exchange says nothing more and ends its connection`()
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
                let exchange = await send(loop, pool, .get, .none, to: receiver)
                #expect(await eventually { receiver.log.value.bytes == 2 })
                await EventLoopGroup.on(loop) { exchange.cancel() }
                #expect(await eventually { ended.value })
                #expect(receiver.log.value.ends == 0)
                #expect(receiver.log.value.failures.isEmpty)
                #expect(await EventLoopGroup.on(loop) { pool.connectionCount } == 0)
            }
        }

        @Test func `an answer before the body was sent ends the connection, not the exchange`()
            async throws
        {
            let upstream = RawServer { connection, _ in
                _ = try connection.receive(through: "\r\n\r\n")
                try connection.send("HTTP/1.1 413 No\r\nContent-Length: 0\r\n\r\n")
                _ = try connection.receiveAll()
            }
            try await withPool(upstream.port) { loop, pool in
                let receiver = Receiver()
                let exchange = await send(loop, pool, .post, .chunked, to: receiver)
                #expect(await eventually { receiver.log.value.ends == 1 })
                #expect(receiver.log.value.status == 413)
                #expect(await EventLoopGroup.on(loop) { pool.connectionCount } == 0)
                await EventLoopGroup.on(loop) {
                    #expect([1, 2].withUnsafeBytes { exchange.write($0) })
                    exchange.endBody()
                }
            }
        }

        @Test func `idle connections end with their pool gone`() async throws {
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

/// Carries a closure to the loop that alone calls it.
private struct Boxed: @unchecked Sendable {
    let body: () -> Void
    init(_ body: @escaping () -> Void) { self.body = body }
}
