/// How a database runs. The defaults are those of production.
public struct DatabaseOptions: Sendable {
    /// Fail a statement, when it is prepared, whose plan reads a whole table. For tests.
    public var forbidTableScans = false
    /// Tables that stay small, which a plan may read whole.
    public var smallTables: Set<String> = []
    /// fsync at each commit (`synchronous=FULL`). Off, power loss may take the last commits.
    public var synchronousFull = true
    /// Writes waiting beyond this many fail with `.overloaded`.
    public var maximumQueuedWrites = 10_000
    /// The most writes in one commit: bounds how long the first waits for the last.
    public var maximumBatch = 512
    /// Milliseconds to wait for a lock that another process holds.
    public var busyTimeout = 2000
    /// The file's size limit in pages of 4 KiB; nil for the disk's.
    public var maximumPages: Int?
    /// Who copies the log into the database.
    public var checkpoints = Checkpoints.ours
    /// Pages in the WAL from which the writer copies them into the database. SQLite's default.
    public var checkpointPages = 1000
    /// Asked after each commit, before it is acknowledged; nil: what is on disk is acknowledged.
    public var gate: (any CommitGate)?
    /// Milliseconds until the first try to confirm again what was not; doubles up to 1 s.
    public var confirmDelay = 100
    /// Milliseconds until the first try to reopen after an I/O error; doubles up to 10 s.
    public var reopenDelay = 100

    /// Tables whose changes are reported; nil for none.
    public var watch: TableWatch?

    public init() {}

    /// Who copies the write-ahead log into the database. With SQLite 3.7.0–3.51.2, a checkpoint
    /// beside another process that commits or checkpoints can corrupt the file
    /// (https://www.sqlite.org/wal.html#walresetbug), so only one process can.
    public enum Checkpoints: String, Sendable, CaseIterable {
        /// The writer. No other process can have the file open.
        case ours
        /// Litestream, which brings a SQLite with the fix. We never do, not even at opening or
        /// closing.
        case litestream
    }
}
