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
    }
}
