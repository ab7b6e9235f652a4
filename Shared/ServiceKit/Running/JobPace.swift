import WriteKit

/// How many rows a slice of a job touches, and how long the job rests after it, so that other
/// requests hardly notice it: every write waits for the slice that runs, and all share the
/// processors with it.
struct JobPace {
    /// What a slice should take: little beside a request that goes through two processes.
    private static let nanoseconds: UInt64 = 250_000
    /// A job works for a quarter of the time.
    private static let rest: UInt64 = 3
    private static let longestRest: UInt64 = 100_000_000

    /// Of the next slice; rows of different kinds cost differently.
    private(set) var rows = 25

    /// - Parameter work: what a slice took on the writer's thread, in nanoseconds.
    /// - Returns: how long to rest, in nanoseconds.
    mutating func rest(after work: UInt64) -> UInt64 {
        if work > Self.nanoseconds * 2 {
            rows = max(1, rows / 2)
        } else if work < Self.nanoseconds / 2 {
            rows = min(jobSliceRows, rows * 2)
        }
        return min(max(work, Self.nanoseconds) * Self.rest, Self.longestRest)
    }
}
