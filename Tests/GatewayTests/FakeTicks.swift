import EventLoop
import Synchronization

/// Monotonic time that only tests advance.
final class FakeTicks: Sendable {
    private let nanoseconds = Atomic<UInt64>(1_000_000_000_000)

    var now: Ticks { Ticks(nanoseconds: nanoseconds.load(ordering: .relaxed)) }

    func advance(milliseconds: UInt64) {
        nanoseconds.add(milliseconds * 1_000_000, ordering: .relaxed)
    }
}
