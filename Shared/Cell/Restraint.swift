import EventLoop
import Synchronization

/// Keeps a standby from taking the lease while it has promised not to. A holder that can't reach
/// the bucket asks all others for that: as long as they promise, nobody takes over, and what it
/// reads stays true. A standby that can reach the bucket promises nothing: it had better take over,
/// as it can acknowledge writes. Asked by the agent's thread and by requests of other machines.
final class Restraint: Sendable {
    private struct State {
        var until = Ticks(nanoseconds: 0)
        /// It takes the lease, may have taken it, or holds it.
        var isTaking = false
        /// The highest that was seen.
        var reign: UInt64 = 0
        /// The bucket did not respond when it was asked last.
        var isAway = false
    }

    private let state = Mutex(State())

    /// Before the lease is taken.
    /// - Returns: false if it must not be.
    func begin(at now: Ticks) -> Bool {
        state.withLock { state in
            guard state.until <= now else { return false }
            state.isTaking = true
            return true
        }
    }

    /// The lease is another machine's, and can't become ours any more by what was sent.
    func end() { state.withLock { $0.isTaking = false } }

    /// The bucket has responded.
    func saw(_ reign: UInt64) {
        state.withLock { state in
            state.reign = max(state.reign, reign)
            state.isAway = false
        }
    }

    /// The bucket has not responded.
    func missed() { state.withLock { $0.isAway = true } }

    /// Promises the holder of `reign` not to take the lease before `end`.
    /// - Returns: false if it can't.
    func promise(_ reign: UInt64, until end: Ticks) -> Bool {
        state.withLock { state in
            guard state.isAway, !state.isTaking, state.reign <= reign else { return false }
            state.until = max(state.until, end)
            return true
        }
    }
}
