import SQLite

extension MetricsText {
    /// The database of a service.
    public mutating func database(_ statistics: DatabaseStatistics) {
        gauge("latchkey_sqlite_queued_writes", "Waiting writes.", Double(statistics.queuedWrites))
        counter("latchkey_sqlite_writes_total", "Writes on disk.", Double(statistics.writes))
        counter(
            "latchkey_sqlite_failed_writes_total", "Writes that failed.",
            Double(statistics.failedWrites))
        counter(
            "latchkey_sqlite_commits_total", "Transactions committed.", Double(statistics.commits))
        gauge(
            "latchkey_sqlite_wal_bytes", "Size of the write-ahead log.", Double(statistics.walBytes)
        )
        let name = "latchkey_sqlite_commit_duration_seconds"
        family(name, "histogram", "Duration of COMMIT, including its flush to disk.")
        histogram(
            name, bounds: Histogram.bounds, counts: statistics.commitSeconds.counts,
            sum: statistics.commitSeconds.sum)
        if let isConfirmed = statistics.isConfirmed { confirmation(statistics, isConfirmed) }
    }

    private mutating func confirmation(_ statistics: DatabaseStatistics, _ isConfirmed: Bool) {
        gauge(
            "latchkey_replication_confirmed",
            "1 while everything committed is replicated; 0: writes get 503.", isConfirmed ? 1 : 0)
        counter(
            "latchkey_replication_unconfirmed_commits_total",
            "Commits that were not replicated in time: their writes got 503.",
            Double(statistics.unconfirmedCommits))
        let name = "latchkey_replication_duration_seconds"
        family(name, "histogram", "How long commits waited until they were replicated.")
        histogram(
            name, bounds: Histogram.bounds, counts: statistics.confirmSeconds.counts,
            sum: statistics.confirmSeconds.sum)
    }
}
