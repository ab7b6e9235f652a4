import EventLoop
import WriteKit

/// How many rows a slice of a job touches, and how long the job rests after it, so that others
/// hardly notice it: a write waits for the slice that runs, and all share the processors with it.
///
/// While nobody else asks for much, slices are short, so that the few requests there are wait for
/// little. Else they are longer but rare: below one in a hundred requests meets one, so that the
/// 99th percentile stays what it was, and short slices could not do as much in that share of the
/// time. A job that has waited for long goes on as if it were alone, so that jobs can't pile up.
struct JobPace {
    struct Share {
        /// What a slice should take on the writer's thread.
        let nanoseconds: UInt64
        /// How much longer than the slice the job rests.
        let rest: UInt64
    }

    static let alone = Share(nanoseconds: 1_000_000, rest: 3)
    static let besideOthers = Share(nanoseconds: 5_000_000, rest: 160)
    private static let longestRest: UInt64 = 1_000_000_000
    /// Requests in a second from which on others count.
    static let few = 20
    private static let second: UInt64 = 1_000_000_000

    /// Of the next slice; rows of different kinds cost differently.
    private(set) var rows = 25
    private var isBusy = false
    /// A second of requests begins.
    private var since: (now: Ticks, answered: Int)

    /// - Parameter answered: `RequestTraffic.answered`.
    init(at now: Ticks, answered: Int) { since = (now, answered) }

    /// - Parameters:
    ///   - work: what a slice took on the writer's thread, in nanoseconds.
    ///   - isLate: the job has waited for long.
    ///   - answered: `RequestTraffic.answered`.
    /// - Returns: how long to rest, in nanoseconds.
    mutating func rest(after work: UInt64, isLate: Bool, at now: Ticks, answered: Int) -> UInt64 {
        watch(now, answered)
        let share = isBusy && !isLate ? Self.besideOthers : Self.alone
        let perRow = max(1, work / UInt64(rows))
        // At most twice as many: rows that follow may cost more.
        rows = min(max(1, Int(share.nanoseconds / perRow)), rows * 2, jobSliceRows)
        return min(max(work, share.nanoseconds) * share.rest, Self.longestRest)
    }

    private mutating func watch(_ now: Ticks, _ answered: Int) {
        let count = answered - since.answered
        if count >= Self.few { isBusy = true }
        guard now.nanoseconds - since.now.nanoseconds >= Self.second else { return }
        isBusy = count >= Self.few
        since = (now, answered)
    }
}
