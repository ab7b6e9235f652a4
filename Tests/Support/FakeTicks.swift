import EventLoop
import Synchronization

/// A monotonic time that stands still until a test moves it.
public final class FakeTicks: Sendable {
    private struct Looping {
        weak var loop: EventLoop?
    }

    private struct State {
        var now = Ticks(nanoseconds: 1_000_000_000_000)
        var loops: [Looping] = []
        var sleepers: [(until: Ticks, continuation: CheckedContinuation<Void, Never>)] = []
        var sleeps = 0
        var isOver = false
    }

    private let state = Mutex(State())

    public init() {}

    public var now: Ticks { state.withLock { $0.now } }
    /// How often `sleep` was called.
    public var sleeps: Int { state.withLock { $0.sleeps } }
    public var sleepers: Int { state.withLock { $0.sleepers.count } }

    /// Loops whose timers and deadlines go by this time.
    public func group(count: Int = 1) -> EventLoopGroup {
        let group = EventLoopGroup(count: count) { self.now }
        state.withLock { $0.loops += group.loops.map { Looping(loop: $0) } }
        return group
    }

    public func advance(milliseconds: Int) {
        wake { $0.now = $0.now.adding(milliseconds: milliseconds) }
    }

    /// Advances, and waits until the loops have done all that was due then.
    public func pass(milliseconds: Int) async {
        advance(milliseconds: milliseconds)
        for loop in state.withLock({ $0.loops.compactMap(\.loop) }) {
            // What runs in the first round may be of one that had begun before; what is due in the
            // second may schedule more.
            for _ in 0..<3 { await EventLoopGroup.on(loop) {} }
        }
    }

    /// Nobody sleeps any more.
    public func end() { wake { $0.isOver = true } }

    private func wake(_ change: (inout State) -> Void) {
        let (due, loops) = state.withLock { state in
            change(&state)
            let end = state.isOver ? Ticks.distantFuture : state.now
            let isDue = { (until: Ticks) in until <= end }
            let due = state.sleepers.filter { isDue($0.until) }
            state.sleepers.removeAll { isDue($0.until) }
            return (due.map(\.continuation), state.loops.compactMap(\.loop))
        }
        for continuation in due { continuation.resume() }
        for loop in loops { loop.execute {} }
    }

    public func sleep(until: Ticks) async {
        await withCheckedContinuation { continuation in
            let isDue = state.withLock { state in
                state.sleeps += 1
                if state.isOver || until <= state.now { return true }
                state.sleepers.append((until, continuation))
                return false
            }
            if isDue { continuation.resume() }
        }
    }
}
