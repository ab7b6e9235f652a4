/// Counters of one database, since it was opened.
public struct DatabaseStatistics: Sendable {
    /// Writes that wait now.
    public internal(set) var queuedWrites = 0
    /// Writes that are on disk.
    public internal(set) var writes = 0
    /// Writes that failed, by themselves or with their batch.
    public internal(set) var failedWrites = 0
    /// Transactions committed: `writes / commits` is the size of the mean group.
    public internal(set) var commits = 0
    /// How long COMMIT took, which is mostly the disk's flush.
    public internal(set) var commitSeconds = Histogram()
    /// How long confirming a commit took (`CommitGate`).
    public internal(set) var confirmSeconds = Histogram()
    /// Commits that were not confirmed in time.
    public internal(set) var unconfirmedCommits = 0
    /// Whether everything that was committed is confirmed; nil without a gate.
    public internal(set) var isConfirmed: Bool?
    /// Prepared statements over all connections.
    public internal(set) var cachedStatements = 0
    /// Size of the write-ahead log at the last commit.
    public internal(set) var walBytes = 0
}

/// Durations counted into buckets, as Prometheus shows them.
public struct Histogram: Sendable {
    /// Upper bounds of the buckets in seconds; what is longer counts in the last of `counts`.
    public static let bounds = [
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5,
    ]

    /// Not cumulative; one more than `bounds`.
    public private(set) var counts = [Int](repeating: 0, count: bounds.count + 1)
    /// Seconds.
    public private(set) var sum = 0.0
    /// All of them.
    public var count: Int { counts.reduce(0, +) }

    mutating func record(_ seconds: Double) {
        sum += seconds
        counts[Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count] += 1
    }
}
