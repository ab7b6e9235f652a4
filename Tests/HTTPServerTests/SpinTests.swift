import Kernel
import TestSupport
import Testing

@testable import EventLoop

@Suite struct SpinTests {
    @Test func `a loop looks for events as long as it finds some`() {
        var spin = Spin(microseconds: 50)
        #expect(spin.limit == 50_000)
        for _ in 0..<100 {
            let begins = spin.begins()
            #expect(begins)
            spin.ended(found: true)
        }
    }

    @Test func `every second time found is worth it`() {
        var spin = Spin(microseconds: 50)
        for round in 0..<100 {
            let begins = spin.begins()
            #expect(begins)
            spin.ended(found: round % 2 == 0)
        }
    }

    @Test func `finding nothing ends it, and it is tried again now and then`() {
        var spin = Spin(microseconds: 50)
        var tries = 0
        for _ in 0..<(8 + 32 * 10) where spin.begins() {
            tries += 1
            spin.ended(found: false)
        }
        #expect(tries == 8 + 10)
        // The next one that is tried finds something.
        while !spin.begins() {}
        spin.ended(found: true)
        let begins = spin.begins()
        #expect(begins)
    }

    @Test(arguments: [0, -1]) func `it can be off`(_ microseconds: Int) {
        var spin = Spin(microseconds: microseconds)
        for _ in 0..<100 {
            let begins = spin.begins()
            #expect(!begins)
        }
    }

    @Test func `a loop that spins runs what comes from other threads, and its timers`() async {
        let group = EventLoopGroup(count: 2, spin: 1_000)
        let (a, b) = (group.loops[0], group.loops[1])
        let sum = Log(0)
        for number in 1...200 {
            let loop = number % 2 == 0 ? a : b
            await EventLoopGroup.on(loop) {
                loop.schedule(milliseconds: number % 3) { sum.change { $0 += number } }
            }
        }
        #expect(await eventually { sum.value == 20_100 })
        group.stop()
    }
}
