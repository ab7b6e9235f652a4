import EventLoop
import HTTPClient
import HTTPCore
import HTTPServer
import TestSupport
import Testing

extension Sockets {
    @Suite struct RestartTests {
        @Test func `requests of any method wait for an upstream that restarts`() async throws {
            let port = Ports.next()
            try await withClient(port) {
                $0.restartPatience = 60_000
            } test: { client in
                let isAnswered = Flag()
                let calls = [Method.get, .post].map { method in
                    Task {
                        let response = try await client.call(
                            ClientRequest(method, "/a"), deadline: 60_000)
                        isAnswered.set()
                        return response.body
                    }
                }
                #expect(await never { isAnswered.isSet })
                var options = ServerOptions()
                options.port = port
                try await withServer(options, handler: echo) { _ in
                    let bodies = (try await calls[0].value, try await calls[1].value)
                    #expect(bodies.0 == Array("GET /a ".utf8))
                    #expect(bodies.1 == Array("POST /a ".utf8))
                }
            }
        }

        @Test func `the wait is no part of a request's time, and ends`() async throws {
            let ticks = FakeTicks()
            try await withClient(Ports.next(), ticks: ticks) {
                $0.restartPatience = 3_000
            } test: { client in
                let result = Log<UpstreamFailure??>(nil)
                let begin = ticks.now
                let call = Task {
                    let failure = await failure { try await client.call(getRoot, deadline: 100) }
                    result.set(.some(failure))
                }
                while result.value == nil { await ticks.pass(milliseconds: 10) }
                _ = await call.value
                #expect(result.value == .some(.unreachable))
                #expect(begin.milliseconds(until: ticks.now) >= 3_000)
            }
        }

        @Test func `without patience they fail at once`() async throws {
            let ticks = FakeTicks()
            try await withClient(Ports.next(), ticks: ticks) { client in
                let failed = await failure { try await client.call(getRoot) }
                #expect(failed == .unreachable)
            }
        }

        @Test func `a server that is about to stop closes connections and accepts others`()
            async throws
        {
            try await withServer(handler: echo) { server in
                await server.announceDrain()
                for _ in 0..<2 {
                    let client = try RawClient(port: server.port)
                    try client.send(get("/"))
                    let response = try client.response()
                    #expect(response.status == 200 && response.field("connection") == "close")
                    #expect(client.whatHappens() == .ended)
                    client.close()
                }
            }
        }
    }
}
