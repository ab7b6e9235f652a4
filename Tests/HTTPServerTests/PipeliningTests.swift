import EventLoop
import HTTPClient
import HTTPCore
import HTTPServer
import TestSupport
import Testing

/// Begins exchanges in one round of events, which may share a connection.
private func send(
    _ ids: [String], _ loop: EventLoop, _ pool: UpstreamPool, deadline: Int = 5_000,
    then: @escaping @Sendable (Int, UpstreamExchange, Receiver) -> Void = { _, _, _ in }
) async -> [Receiver] {
    await EventLoopGroup.on(loop) {
        ids.enumerated().map { index, id in
            let receiver = Receiver()
            let exchange = pool.send(
                .get, pipelinedAs: id, deadline: loop.time.adding(milliseconds: deadline),
                to: receiver
            ) { $0.append("GET /\(id) HTTP/1.1\r\nHost: t\r\nX-Request-Id: \(id)\r\n\r\n") }
            then(index, exchange, receiver)
            return receiver
        }
    }
}

extension RawClient {
    /// The id of the request that comes next.
    fileprivate func request() throws -> String {
        let head = String(decoding: try receive(through: "\r\n\r\n"), as: UTF8.self)
        return head.split(separator: "\r\n").first { $0.hasPrefix("X-Request-Id: ") }
            .map { String($0.dropFirst(14)) } ?? ""
    }

    fileprivate func answer(_ id: String, body: String = "ok") throws {
        try send(
            "HTTP/1.1 200 OK\r\nX-Request-Id: \(id)\r\nContent-Length: \(body.utf8.count)\r\n"
                + "\r\n\(body)")
    }
}

private func oneConnection(_ options: inout UpstreamOptions) { options.sharedConnections = 1 }

/// Requests that are sent one behind the other on one connection.
extension Sockets {
    @Suite struct PipeliningTests {
        @Test func `requests of a round share a connection, and each has its own response`()
            async throws
        {
            let connections = Log(0)
            let upstream = RawServer { connection, _ in
                connections.change { $0 += 1 }
                while true {
                    // None is answered before all have come.
                    let ids = try (0..<5).map { _ in try connection.request() }
                    for id in ids { try connection.answer(id, body: "body of \(id)") }
                }
            }
            try await withPool(upstream.port, options: oneConnection) { loop, pool in
                for round in 0..<3 {
                    let ids = (0..<5).map { "r\(round)x\($0)" }
                    let receivers = await send(ids, loop, pool)
                    #expect(await eventually { receivers.allSatisfy { $0.log.value.ends == 1 } })
                    #expect(receivers.map(\.log.value.id) == ids)
                    #expect(receivers.allSatisfy { $0.log.value.bytes == 12 })
                }
            }
            #expect(connections.value == 1)
        }

        @Test func `no more share a connection than it may carry`() async throws {
            let most = Log(0)
            let upstream = RawServer { connection, _ in
                var count = 0
                while true {
                    let id = try connection.request()
                    count += 1
                    most.change { $0 = max($0, count) }
                    // What waits on connections of their own comes one by one.
                    try connection.answer(id)
                    count -= 1
                }
            }
            try await withPool(upstream.port) {
                $0.sharedConnections = 2
                $0.exchangesPerConnection = 3
                $0.maximumConnections = 4
            } test: { loop, pool in
                let receivers = await send((0..<40).map { "r\($0)" }, loop, pool)
                #expect(await eventually { receivers.allSatisfy { $0.log.value.ends == 1 } })
                let count = await EventLoopGroup.on(loop) { pool.connectionCount }
                #expect((3...4).contains(count))
            }
        }

        @Test func `a response to another request reaches no one, and the rest is sent again`()
            async throws
        {
            let upstream = RawServer { connection, number in
                let ids = try (0..<(number == 0 ? 3 : 2)).map { _ in try connection.request() }
                if number == 0 { try connection.answer(ids[1]) }
                for id in ids { try connection.answer(id) }
                _ = try connection.receive(through: "never")
            }
            try await withPool(upstream.port, options: oneConnection) { loop, pool in
                let receivers = await send(["a", "b", "c"], loop, pool)
                #expect(
                    await eventually {
                        receivers.allSatisfy { $0.log.value.ends + $0.log.value.failures.count > 0 }
                    })
                #expect(receivers[0].log.value.failures == [.malformed])
                #expect(receivers[0].log.value.id == nil && receivers[0].log.value.bytes == 0)
                #expect(receivers.dropFirst().map(\.log.value.id) == ["b", "c"])
            }
        }

        @Test func `those behind the last response are sent again, once, where it ends`()
            async throws
        {
            let requests = Log([String]())
            let upstream = RawServer { connection, number in
                let ids = try (0..<(number == 0 ? 3 : 2)).map { _ in try connection.request() }
                requests.change { $0 += ids }
                try connection.answer(ids[0])
            }
            try await withPool(upstream.port, options: oneConnection) { loop, pool in
                let receivers = await send(["a", "b", "c"], loop, pool)
                #expect(
                    await eventually {
                        receivers.allSatisfy { $0.log.value.ends + $0.log.value.failures.count > 0 }
                    })
                #expect(receivers.map(\.log.value.ends) == [1, 1, 0])
                #expect(receivers[2].log.value.failures == [.closed])
                #expect(requests.value == ["a", "b", "c", "b", "c"])
            }
        }

        @Test func `one that says it closes answers no more`() async throws {
            let upstream = RawServer { connection, number in
                let id = try connection.request()
                try connection.send(
                    "HTTP/1.1 200 OK\r\nX-Request-Id: \(id)\r\nConnection: close\r\n"
                        + "Content-Length: 0\r\n\r\n")
                _ = try connection.receive(through: "never")
            }
            try await withPool(upstream.port, options: oneConnection) { loop, pool in
                let receivers = await send(["a", "b"], loop, pool)
                #expect(await eventually { receivers.allSatisfy { $0.log.value.ends == 1 } })
                #expect(receivers.map(\.log.value.id) == ["a", "b"])
            }
        }

        @Test func `the response of a cancelled one is dropped, and the others have theirs`()
            async throws
        {
            let connections = Log(0)
            let mayAnswer = Flag()
            let upstream = RawServer { connection, _ in
                connections.change { $0 += 1 }
                let ids = try (0..<4).map { _ in try connection.request() }
                blockUntil { mayAnswer.isSet }
                for id in ids { try connection.answer(id) }
                _ = try connection.receive(through: "never")
            }
            try await withPool(upstream.port, options: oneConnection) { loop, pool in
                let receivers = await send(["a", "b", "c", "d"], loop, pool) { index, exchange, _ in
                    if index == 0 || index == 2 { exchange.cancel() }
                }
                mayAnswer.set()
                #expect(
                    await eventually {
                        receivers[1].log.value.ends == 1 && receivers[3].log.value.ends == 1
                    })
                for index in [0, 2] {
                    let seen = receivers[index].log.value
                    #expect(seen.id == nil && seen.ends == 0 && seen.failures.isEmpty)
                }
            }
            #expect(connections.value == 1)
        }

        @Test func `a slow reader does not hold up those behind it`() async throws {
            let upstream = RawServer { connection, _ in
                let ids = try (0..<2).map { _ in try connection.request() }
                for id in ids {
                    try connection.answer(id, body: String(repeating: "x", count: 200_000))
                }
                _ = try connection.receive(through: "never")
            }
            try await withPool(upstream.port, options: oneConnection) { loop, pool in
                let receivers = await send(["a", "b"], loop, pool) { index, exchange, receiver in
                    if index == 0 { receiver.onBody = { exchange.pause() } }
                }
                #expect(await eventually { receivers.allSatisfy { $0.log.value.ends == 1 } })
                #expect(receivers.allSatisfy { $0.log.value.bytes == 200_000 })
            }
        }

        @Test func `each has its own deadline`() async throws {
            let mayAnswer = Flag()
            let upstream = RawServer { connection, _ in
                let ids = try (0..<3).map { _ in try connection.request() }
                blockUntil { mayAnswer.isSet }
                for id in ids { try connection.answer(id) }
                _ = try connection.receive(through: "never")
            }
            let ticks = FakeTicks()
            try await withPool(upstream.port, ticks: ticks, options: oneConnection) { loop, pool in
                let receivers = await send(["a", "b", "c"], loop, pool) { index, exchange, _ in
                    if index == 1 { exchange.deadline = loop.time.adding(milliseconds: 500) }
                }
                await ticks.pass(milliseconds: 800)
                #expect(await eventually { receivers[1].log.value.failures == [.timeout] })
                mayAnswer.set()
                #expect(
                    await eventually {
                        receivers[0].log.value.ends == 1 && receivers[2].log.value.ends == 1
                    })
                #expect(receivers[1].log.value.id == nil)
            }
        }

        @Test func `where no connection can be made, all fail`() async throws {
            let upstream = RawServer { _, _ in }
            upstream.stop()
            #expect(await eventually { (try? RawClient(port: upstream.port)) == nil })
            try await withPool(upstream.port, options: oneConnection) { loop, pool in
                let receivers = await send(["a", "b", "c"], loop, pool)
                #expect(
                    await eventually { receivers.allSatisfy { !$0.log.value.failures.isEmpty } })
                #expect(receivers.allSatisfy { $0.log.value.failures == [.unreachable] })
            }
        }

        @Test func `under random cancelling and cuts, everyone gets their own response`()
            async throws
        {
            let random = SeededRandom(seed: UInt64.random(in: 0...UInt64.max))
            let seed = random.seed
            let cut = Log(0)
            try await withServer(handler: { exchange in
                let id = exchange.head.fields[.xRequestId] ?? ""
                cut.change { $0 += 1 }
                if cut.value.isMultiple(of: 97) { return exchange.abort(500) }
                exchange.respond(
                    Response(
                        200, fields: [Response.Field("X-Request-Id", id)],
                        body: Array(String(repeating: "b", count: id.utf8.count).utf8)))
            }) { server in
                try await withPool(server.port) { loop, pool in
                    for round in 0..<100 {
                        let ids = (0..<20).map { "\(round)." + String(repeating: "y", count: $0) }
                        let receivers = await send(ids, loop, pool) { _, exchange, _ in
                            if random.below(10) == 0 { exchange.cancel() }
                        }
                        await Task.yield()
                        for (id, receiver) in zip(ids, receivers) {
                            guard let seen = receiver.log.value.id else { continue }
                            #expect(seen == id, "seed \(seed)")
                        }
                        if round % 10 == 9 {
                            let last = await send(["last\(round)"], loop, pool)
                            #expect(
                                await eventually {
                                    last[0].log.value.ends + last[0].log.value.failures.count == 1
                                }, "seed \(seed)")
                            for (id, receiver) in zip(ids, receivers) {
                                let seen = receiver.log.value
                                #expect(seen.id == nil || seen.bytes == id.utf8.count)
                            }
                        }
                    }
                }
            }
        }
    }
}
