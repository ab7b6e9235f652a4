import EventLoop
import Glibc
import HTTPClient
import HTTPServer
import Kernel
import Synchronization
import TestSupport
import Testing

extension Sockets {
    @Suite struct EventLoopTests {
        private func withLoop(_ body: (EventLoop) async throws -> Void) async rethrows {
            let group = EventLoopGroup(count: 1)
            try await body(group.loops[0])
            group.stop()
        }

        @Test func `timers fire in the order of their times, not before them`() async {
            await withLoop { loop in
                let fired = Log<[Int]>([])
                let delays = [80, 5, 40, 0, 60, 20, 5, 100]
                let early = Log(0)
                await EventLoopGroup.on(loop) {
                    for delay in delays {
                        let due = Ticks.now.adding(milliseconds: delay)
                        loop.schedule(milliseconds: delay) {
                            if Ticks.now < due { early.change { $0 += 1 } }
                            fired.change { $0.append(delay) }
                        }
                    }
                }
                #expect(await eventually { fired.value.count == delays.count })
                #expect(fired.value == delays.sorted())
                #expect(early.value == 0)
            }
        }

        @Test func `a loop's task resumes on the loop after every await`() async {
            await withLoop { loop in
                let isOnLoop = await Task(executorPreference: loop) {
                    var all = loop.isCurrent && ThreadSlot.current == loop.slot
                    for _ in 0..<20 {
                        await loop.sleep(milliseconds: 1)
                        all = all && loop.isCurrent
                        await withCheckedContinuation { continuation in
                            onThread { continuation.resume() }
                        }
                        all = all && loop.isCurrent
                    }
                    return all
                }.value
                #expect(isOnLoop)
                #expect(!loop.isCurrent)
            }
        }

        @Test func `work from many threads is all done, each thread's in its order`() async {
            await withLoop { loop in
                let seen = Log<[[Int]]>(Array(repeating: [], count: 8))
                for thread in 0..<8 {
                    onThread {
                        for i in 0..<500 {
                            loop.execute { seen.change { $0[thread].append(i) } }
                        }
                    }
                }
                #expect(await eventually { seen.value.allSatisfy { $0.count == 500 } })
                for part in seen.value { #expect(part == Array(0..<500)) }
            }
        }

        @Test func `postponed work runs, including what it postpones`() async {
            await withLoop { loop in
                let order = Log<[Int]>([])
                await EventLoopGroup.on(loop) {
                    loop.postpone {
                        order.change { $0.append(2) }
                        loop.postpone { order.change { $0.append(3) } }
                    }
                    order.change { $0.append(1) }
                }
                #expect(await eventually { order.value == [1, 2, 3] })
            }
        }

        @Test func `lent memory is not lent twice`() async {
            await withLoop { loop in
                let differs = await EventLoopGroup.on(loop) {
                    loop.withScratch { outer in
                        outer[0] = 1
                        loop.withScratch { $0[0] = 2 }
                        return outer[0] == 1
                    }
                }
                #expect(differs)
            }
        }

        /// Counts its ticks, and leaves, or makes others leave, in the middle of a sweep.
        private final class Item: Timed, @unchecked Sendable {  // used on one loop
            var timedIndex = -1
            let ticks = Log(0)
            var onTick: (() -> Void)?

            func tick(_ now: Ticks) {
                ticks.change { $0 += 1 }
                onTick?()
            }
        }

        @Test func `an item can be unwatched during a sweep`() async {
            await withLoop { loop in
                let items = (0..<50).map { _ in Item() }
                await EventLoopGroup.on(loop) {
                    for item in items { loop.watch(item) }
                    for (i, item) in items.enumerated() where i % 3 == 0 {
                        item.onTick = {
                            loop.unwatch(item)
                            loop.unwatch(items[(i + 7) % 50])
                        }
                    }
                }
                let stays = items.indices.filter { i in
                    i % 3 != 0 && !(0..<50).contains { $0 % 3 == 0 && ($0 + 7) % 50 == i }
                }
                #expect(
                    await eventually { stays.allSatisfy { items[$0].ticks.value >= 3 } })
                #expect(items[0].ticks.value <= 1)
                await EventLoopGroup.on(loop) {
                    for i in items.indices where !stays.contains(i) {
                        #expect(items[i].timedIndex == -1)
                    }
                    for item in items {
                        loop.unwatch(item)
                        item.onTick = nil
                    }
                }
            }
        }

        @Test func `a stopping loop runs earlier work`() async {
            let done = Log(0)
            let group = EventLoopGroup(count: 2)
            for loop in group.loops {
                for _ in 0..<100 { loop.execute { done.change { $0 += 1 } } }
            }
            group.stop()
            #expect(done.value == 200)
        }

        @Test func `addresses are read and written`() throws {
            for host in ["127.0.0.1", "::1", "2001:db8::1"] {
                let address = try #require(SocketAddress(host: host, port: 80))
                #expect(address.host == host)
                #expect(address.port == 80)
            }
            #expect(SocketAddress(host: "[::1]", port: 1)?.host == "::1")
            for host in ["", "localhost", "256.0.0.1", "1.2.3", "::1%lo", "[127.0.0.1"] {
                #expect(SocketAddress(host: host, port: 1) == nil, "\(host)")
            }
        }

        @Test func `a server listens on IPv6 as well`() async throws {
            var options = ServerOptions()
            options.host = "::1"
            let free = try? Socket.listen(try #require(SocketAddress(host: "::1", port: 0)))
            guard let free else { return }  // a machine without IPv6
            close(free)
            try await withServer(options, handler: echo) { server in
                try await withClient(server.port) {
                    $0.host = "::1"
                } test: { client in
                    let response = try await client.call(getRoot)
                    #expect(response.status == 200)
                }
            }
        }
    }
}
