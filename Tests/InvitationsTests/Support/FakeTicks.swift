import EventLoop
import Synchronization

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

/// A monotonic time that stands still until a test moves it.
final class FakeTicks: Sendable {
    private struct State {
        var now = Ticks(nanoseconds: 1_000_000_000_000)
        var sleepers: [(until: Ticks, continuation: CheckedContinuation<Void, Never>)] = []
        var sleeps = 0
        var isOver = false
    }

    private let state = Mutex(State())

    var now: Ticks { state.withLock { $0.now } }
    /// How often somebody has lain down to sleep.
    var sleeps: Int { state.withLock { $0.sleeps } }
    var sleepers: Int { state.withLock { $0.sleepers.count } }
    var time: DeliverySlots.Time {
        DeliverySlots.Time(now: { self.now }, sleep: { await self.sleep(until: $0) })
    }

    func advance(milliseconds: Int) {
        wake { $0.now = $0.now.adding(milliseconds: milliseconds) }
    }

    /// Nobody sleeps any more.
    func end() { wake { $0.isOver = true } }

    private func wake(_ change: (inout State) -> Void) {
        let due = state.withLock { state in
            change(&state)
            let end = state.isOver ? Ticks.distantFuture : state.now
            let isDue = { (until: Ticks) in until <= end }
            let due = state.sleepers.filter { isDue($0.until) }
            state.sleepers.removeAll { isDue($0.until) }
            return due.map(\.continuation)
        }
        for continuation in due { continuation.resume() }
    }

    private func sleep(until: Ticks) async {
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
