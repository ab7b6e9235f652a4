import Synchronization
import TestSupport
import Testing

@testable import ServiceKit

@Suite struct NeighbourBreakerTests {
    /// A neighbour that a test has live or die.
    private final class Neighbour: Sendable {
        private let state = Mutex((isAlive: false, asked: 0))

        var asked: Int { state.withLock(\.asked) }
        func revive() { state.withLock { $0.isAlive = true } }

        func answer() -> Bool {
            state.withLock { state in
                state.asked += 1
                return state.isAlive
            }
        }
    }

    @Test func `five failures in a row open the breaker, and a health check closes it`() async {
        let neighbour = Neighbour()
        let breaker = NeighbourBreaker { neighbour.answer() }
        for _ in 0..<4 { breaker.failed() }
        #expect(!breaker.isOpen)
        breaker.succeeded()
        for _ in 0..<4 { breaker.failed() }
        #expect(!breaker.isOpen && neighbour.asked == 0)
        breaker.failed()
        #expect(breaker.isOpen)
        #expect(await eventually { neighbour.asked >= 2 })
        #expect(breaker.isOpen)
        neighbour.revive()
        #expect(await eventually { !breaker.isOpen })
        // It lives, but whether it works is to be seen: until something succeeds, one more failure
        // is enough.
        breaker.failed()
        #expect(breaker.isOpen)
        #expect(await eventually { !breaker.isOpen })
        breaker.succeeded()
        for _ in 0..<4 { breaker.failed() }
        #expect(!breaker.isOpen)
    }

    @Test(arguments: 1...4) func `a success resets the count of failures`(count: Int) {
        let breaker = NeighbourBreaker { false }
        for _ in 0..<count { breaker.failed() }
        breaker.succeeded()
        for _ in 0..<4 { breaker.failed() }
        #expect(!breaker.isOpen)
    }

    @Test func `an unused breaker stops its health checks`() async {
        var neighbour: Neighbour? = Neighbour()
        weak let asked = neighbour
        var breaker: NeighbourBreaker? = NeighbourBreaker { [neighbour] in
            neighbour?.answer() ?? true
        }
        for _ in 0..<5 { breaker?.failed() }
        #expect(await eventually { (asked?.asked ?? 0) >= 1 })
        (breaker, neighbour) = (nil, nil)
        // Nothing is left that could ask it.
        #expect(await eventually { asked == nil })
    }
}
