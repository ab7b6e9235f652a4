import SQLite

/// The numbers of the feed after a backup was restored.
package enum FeedNumbers {
    /// More than are given between a backup and its restoring: a day of a thousand a second. The
    /// feed has gaps anyhow, and its readers compare numbers only. Twenty times fit readers that
    /// have them in 32 bits.
    private static let gap = 100_000_000

    /// Numbers of events that were lost must not be given again: a reader of the feed that knows
    /// them would miss the events that have them then.
    package static func skip(in tx: Transaction) throws {
        let changed = try tx.execute(
            "UPDATE sqlite_sequence SET seq = seq + ?1 WHERE name = 'events'", .int(gap))
        if changed == 0 {
            try tx.execute("INSERT INTO sqlite_sequence VALUES ('events', ?1)", .int(gap))
        }
    }
}
