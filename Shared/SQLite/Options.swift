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
    /// Pages in the WAL from which the writer copies them into the database. SQLite's default.
    public var checkpointPages = 1000
    /// Milliseconds until the first try to reopen after an I/O error; doubles up to 10 s.
    public var reopenDelay = 100

    /// Tables whose changes are reported; nil for none.
    public var watch: TableWatch?

    public init() {}
}
