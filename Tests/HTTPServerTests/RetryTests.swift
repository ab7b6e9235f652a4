import EventLoop
import HTTPClient
import HTTPCore
import TestSupport
import Testing

extension Sockets {
    @Suite struct RetryTests {
        /// Serves one request on each connection, and closes at the second without a word.
        private func forgetful(_ requests: Log<Int>, second: String = "") -> RawServer {
            RawServer { connection, _ in
                _ = try connection.receive(through: "\r\n\r\n")
                requests.change { $0 += 1 }
                try connection.send(ok)
                _ = try connection.receive(through: "\r\n\r\n")
                requests.change { $0 += 1 }
                try connection.send(second)
            }
        }

        @Test func `an idempotent call on a re-used connection that ends unanswered is repeated`()
            async throws
        {
            let requests = Log(0)
            let upstream = forgetful(requests)
            try await withClient(upstream.port) { client in
                for _ in 0..<2 {
                    let response = try await client.call(getRoot)
                    #expect(response.status == 200)
                }
                #expect(requests.value == 3)
            }
        }

        @Test func `a POST marked as repeatable is repeated`() async throws {
            let requests = Log(0)
            let upstream = forgetful(requests)
            let event = ClientRequest(.post, "/", isRepeatable: true)
            try await withClient(upstream.port) { client in
                for _ in 0..<2 {
                    let response = try await client.call(event)
                    #expect(response.status == 200)
                }
                #expect(requests.value == 3)
            }
        }

        @Test func `a request is repeated once, on a fresh connection`()
            async throws
        {
            let (requests, connections) = (Log(0), Log(0))
            let isAway = Log(false)
            let mayAnswer = Log(false)
            let upstream = RawServer { connection, _ in
                connections.change { $0 += 1 }
                while true {
                    _ = try connection.receive(through: "\r\n\r\n")
                    requests.change { $0 += 1 }
                    if isAway.value { return connection.reset() }
                    blockUntil { mayAnswer.value }
                    try connection.send(ok)
                }
            }
            try await withClient(upstream.port) { client in
                async let first = client.call(getRoot)
                async let second = client.call(getRoot)
                async let third = client.call(getRoot)
                #expect(await eventually { requests.value == 3 })
                mayAnswer.change { $0 = true }
                for answer in try await [first, second, third] { #expect(answer.status == 200) }
                // Three are idle. The first ends, the fresh one too: the other two are left alone.
                isAway.change { $0 = true }
                #expect(await failure { try await client.call(getRoot) } == .closed)
                #expect(requests.value == 5)
                #expect(connections.value == 4)
            }
        }

        @Test func `repeating does not exceed the connection limit`() async throws {
            let open = Log((now: 0, most: 0))
            let upstream = RawServer { connection, _ in
                open.change { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
                defer { open.change { $0.now -= 1 } }
                _ = try connection.receive(through: "\r\n\r\n")
                try connection.send(ok)
                // Nothing says that this was the last.
                _ = try connection.receive(through: "\r\n\r\n")
            }
            try await withClient(upstream.port) {
                $0.maximumConnections = 2
            } test: { client in
                let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                    for _ in 0..<40 { group.addTask { try await client.call(getRoot).status } }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(statuses == Array(repeating: 200, count: 40))
                #expect(open.value.most <= 2)
            }
        }

        @Test func `a POST is not repeated by itself`() async throws {
            let requests = Log(0)
            let upstream = forgetful(requests)
            try await withClient(upstream.port) { client in
                let response = try await client.call(getRoot)
                #expect(response.status == 200)
                let failed = await failure { try await client.call(ClientRequest(.post, "/")) }
                #expect(failed == .closed)
                #expect(requests.value == 2)
            }
        }

        @Test func `a call is not repeated after a byte of its answer`() async throws {
            let requests = Log(0)
            let upstream = forgetful(requests, second: "H")
            try await withClient(upstream.port) { client in
                let response = try await client.call(getRoot)
                #expect(response.status == 200)
                #expect(await failure { try await client.call(getRoot) } == .closed)
                #expect(requests.value == 2)
            }
        }

        @Test func `a call on a fresh connection is not repeated`() async throws {
            let requests = Log(0)
            let upstream = RawServer { connection, _ in
                _ = try connection.receive(through: "\r\n\r\n")
                requests.change { $0 += 1 }
            }
            try await withClient(upstream.port) { client in
                #expect(await failure { try await client.call(getRoot) } == .closed)
                #expect(requests.value == 1)
            }
        }

        @Test func `a connection that closed while idle is not used`() async throws {
            let closed = Log(0)
            let upstream = RawServer { connection, _ in
                _ = try connection.receive(through: "\r\n\r\n")
                try connection.send(ok)
                connection.close()
                closed.change { $0 += 1 }
            }
            try await withClient(upstream.port) { client in
                for count in 1...5 {
                    // Also a POST, which could not be repeated.
                    let response = try await client.call(ClientRequest(.post, "/"))
                    #expect(response.status == 200)
                    #expect(await eventually { closed.value == count })
                }
            }
        }

        @Test(arguments: ["HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil", "x"])
        func `surplus bytes end the connection and are ignored`(surplus: String) async throws {
            let connections = Log(0)
            let upstream = RawServer { connection, _ in
                connections.change { $0 += 1 }
                while true {
                    _ = try connection.receive(through: "\r\n\r\n")
                    try connection.send(ok + surplus)
                }
            }
            try await withClient(upstream.port) { client in
                for _ in 0..<3 {
                    let response = try await client.call(getRoot)
                    #expect(response.body == Array("ok".utf8))
                }
                #expect(connections.value == 3)
            }
        }

        @Test func `surplus bytes that come later end the idle connection`() async throws {
            let connections = Log(0)
            let upstream = RawServer { connection, _ in
                connections.change { $0 += 1 }
                _ = try connection.receive(through: "\r\n\r\n")
                try connection.send(ok)
                pauseThread(milliseconds: 20)
                try connection.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")
                _ = try connection.receive(through: "never")
            }
            try await withClient(upstream.port) { client in
                for _ in 0..<2 {
                    let response = try await client.call(getRoot)
                    #expect(response.body == Array("ok".utf8))
                    #expect(await eventually { await client.state().connections == 0 })
                }
                #expect(connections.value == 2)
            }
        }

        @Test func `Connection close is obeyed`() async throws {
            let connections = Log(0)
            let upstream = RawServer { connection, _ in
                connections.change { $0 += 1 }
                while true {
                    _ = try connection.receive(through: "\r\n\r\n")
                    try connection.send(
                        "HTTP/1.1 200 OK\r\nConnection: x, CLOSE\r\nContent-Length: 0\r\n\r\n")
                }
            }
            try await withClient(upstream.port) { client in
                for _ in 0..<2 {
                    let response = try await client.call(getRoot)
                    #expect(response.status == 200)
                }
                #expect(connections.value == 2)
            }
        }

        @Test func `the breaker opens after failures in a row, and one probe closes it`()
            async throws
        {
            let requests = Log(0)
            let isWell = Log(false)
            let mayAnswer = Log(false)
            let upstream = RawServer { connection, _ in
                _ = try connection.receive(through: "\r\n\r\n")
                requests.change { $0 += 1 }
                guard isWell.value else { return }
                blockUntil { mayAnswer.value }
                try connection.send(ok)
            }
            let ticks = FakeTicks()
            try await withClient(upstream.port, ticks: ticks) {
                $0.breakerThreshold = 3
                $0.breakerOpen = 200
            } test: { client in
                for _ in 0..<3 {
                    #expect(await failure { try await client.call(getRoot) } == .closed)
                }
                #expect(await failure { try await client.call(getRoot) } == .circuitOpen)
                #expect(requests.value == 3, "the upstream is spared")
                isWell.change { $0 = true }
                await ticks.pass(milliseconds: 250)
                async let probe = client.call(getRoot)
                #expect(await eventually { requests.value == 4 })
                #expect(await failure { try await client.call(getRoot) } == .circuitOpen)
                mayAnswer.change { $0 = true }
                let probed = try await probe
                #expect(probed.status == 200)
                let response = try await client.call(getRoot)
                #expect(response.status == 200)
            }
        }

        @Test func `a failed probe opens the breaker for longer`() async throws {
            let (port, ticks) = (Ports.next(), FakeTicks())
            try await withClient(port, ticks: ticks) {
                $0.breakerThreshold = 1
                $0.breakerOpen = 300
            } test: { client in
                #expect(await failure { try await client.call(getRoot) } == .unreachable)
                await ticks.pass(milliseconds: 350)
                #expect(await failure { try await client.call(getRoot) } == .unreachable)
                await ticks.pass(milliseconds: 310)
                #expect(await failure { try await client.call(getRoot) } == .circuitOpen)
            }
        }

        @Test func `a probe that gets no connection does not lock the breaker`()
            async throws
        {
            let (isWell, isTaken) = (Log(false), Flag())
            let upstream = RawServer { connection, number in
                _ = try connection.receive(through: "\r\n\r\n")
                isTaken.set()
                if number == 0 { _ = try connection.receive(through: "never") }
                if isWell.value { try connection.send(ok) }
            }
            try await withClient(upstream.port) {
                $0.maximumConnections = 2
                $0.breakerThreshold = 1
                $0.breakerOpen = 50
            } test: { client in
                async let hung = failure { try await client.call(getRoot, deadline: 600) }
                #expect(await eventually { isTaken.isSet })
                #expect(await failure { try await client.call(getRoot) } == .closed)
                isWell.change { $0 = true }
                #expect(await hung == .timeout)
                #expect(
                    await eventually {
                        await failure { try await client.call(getRoot) } == nil
                    })
            }
        }
    }
}
