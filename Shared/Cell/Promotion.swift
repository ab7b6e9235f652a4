import EventLoop
import Glibc

/// Brings the copies of a standby to everything that the previous reign has acknowledged, and makes
/// them its own databases.
final class Promotion {
    private enum Phase {
        /// Its follower has still to apply something.
        case following(target: UInt64)
        /// Its follower has applied everything that was acknowledged, and was asked to end.
        case stopping(since: Ticks)
        /// The follower was stopped within a transaction, or there was none.
        case restoring(Child)
        case done
    }

    /// The one that begins.
    let reign: UInt64
    let start = Ticks.nowWithSleep
    private let previous: UInt64
    private let copies: [DatabaseCopy]
    /// Whether the copies follow the previous reign.
    private let follows: Bool
    private let history: History
    private let litestream: Litestream
    private var phases: [String: Phase] = [:]

    init(
        to reign: UInt64, of copies: [DatabaseCopy], followed: UInt64?, _ history: History,
        _ litestream: Litestream
    ) {
        self.reign = reign
        self.copies = copies
        self.history = history
        self.litestream = litestream
        previous = reign - 1
        follows = followed == reign - 1
    }

    /// - Returns: whether all copies are ready.
    func advance() throws -> Bool {
        // The first reign has what is here.
        guard previous > 0 else { return true }
        var isDone = true
        for copy in copies where try !advance(copy) { isDone = false }
        return isDone
    }

    /// Another machine has taken over meanwhile.
    func abandon() {
        for case .restoring(let child) in phases.values { child.stop(SIGKILL) }
    }

    private func advance(_ copy: DatabaseCopy) throws -> Bool {
        switch phases[copy.path] {
        case nil:
            let known = follows && litestream.isFollowing(copy) ? copy.transaction : nil
            // Everything that was acknowledged was in the bucket before we had the lease.
            let target = try history.highest(copy.name, in: previous, after: known)
            if let last = target ?? known {
                phases[copy.path] = .following(target: last)
                return try advance(copy)
            }
            // Its service has never run.
            litestream.stopFollowing(copy)
            guard copy.remove() else { return false }
            phases[copy.path] = .done
            return true
        case .following(let target):
            guard follows, litestream.isFollowing(copy) else { return try restore(copy) }
            guard let known = copy.transaction, known >= target else { return false }
            litestream.askToStopFollowing(copy)
            phases[copy.path] = .stopping(since: Ticks.nowWithSleep)
            return false
        case .stopping(let since):
            let isLate = since.adding(milliseconds: 1_000) < Ticks.nowWithSleep
            guard isLate || !litestream.isFollowing(copy) else { return false }
            litestream.stopFollowing(copy)
            guard copy.isWhole else { return try restore(copy) }
            copy.promote()
            phases[copy.path] = .done
            return true
        case .restoring(let child):
            guard !child.isRunning else { return false }
            guard copy.exists else { return try restore(copy) }
            copy.promote()
            phases[copy.path] = .done
            return true
        case .done: return true
        }
    }

    private func restore(_ copy: DatabaseCopy) throws -> Bool {
        litestream.stopFollowing(copy)
        guard copy.remove(), let child = try litestream.restore(copy, in: previous) else {
            return false
        }
        phases[copy.path] = .restoring(child)
        return false
    }
}
