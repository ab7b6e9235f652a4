import EventLoop
import Glibc
import HTTPClient
import HTTPCore
import HTTPServer
import TestSupport
import Testing

extension Sockets {
    /// What belongs to a loop says so when another thread touches it. Each in a process of its own,
    /// which ends by that.
    @Suite struct ConfinementTests {
        private func saysSo(_ result: ExitTest.Result?) -> Bool {
            let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
            return text.contains("touched off its event loop")
        }

        @Test func `a loop`() async {
            let result = await #expect(
                processExitsWith: .failure, observing: [\.standardErrorContent]
            ) {
                EventLoopGroup(count: 1).loops[0].schedule(milliseconds: 1) {}
            }
            #expect(saysSo(result))
        }

        @Test func `a request`() async {
            let result = await #expect(
                processExitsWith: .failure, observing: [\.standardErrorContent]
            ) {
                let open = Log<Exchange?>(nil)
                try await withServer { exchange in
                    open.change { $0 = exchange }
                } test: { server in
                    let client = try RawClient(port: server.port)
                    try client.send(get("/"))
                    _ = await eventually { open.value != nil }
                    open.value?.respond(Response(200))
                }
            }
            #expect(saysSo(result))
        }

        @Test func `connections to a service`() async {
            let result = await #expect(
                processExitsWith: .failure, observing: [\.standardErrorContent]
            ) {
                let loop = EventLoopGroup(count: 1).loops[0]
                let options = UpstreamOptions(host: "127.0.0.1", port: 1)
                let pool = UpstreamPool(options, resolver: Resolver(), on: loop)
                _ = pool.connectionCount
            }
            #expect(saysSo(result))
        }

        @Test func `asserting on the own loop passes`() async throws {
            try await withServer(handler: echo) { server in
                let client = try RawClient(port: server.port)
                try client.send(post("/", "body"))
                #expect(try client.response().status == 200)
            }
        }
    }

    @Suite struct LoopStallTests {
        private let ticks = FakeTicks()

        @Test func `a slow handler is counted as a stall`() async {
            let group = ticks.group()
            let loop = group.loops[0]
            await EventLoopGroup.on(loop) { [ticks] in ticks.advance(milliseconds: 120) }
            // The round that asks is not over yet: it tells of those before.
            let stalls = await EventLoopGroup.on(loop) { loop.stalls }
            #expect(stalls.count(above: 0.1) == 1)
            #expect(stalls.seconds == 0.12)
            var sum = stalls
            sum.add(stalls)
            #expect(sum.counts == stalls.counts.map { 2 * $0 })
            #expect(sum.count(above: 0.1) == 2 * stalls.count(above: 0.1))
            group.stop()
        }

        @Test func `waiting is not a stall`() async throws {
            let group = EventLoopGroup(count: 1)
            let loop = group.loops[0]
            _ = await eventually(within: 300) { false }
            let stalls = await EventLoopGroup.on(loop) { loop.stalls }
            #expect(stalls.seconds < 0.2)
            group.stop()
        }
    }
}
