import SQLite

/// Rows of `applied_events`.
enum AppliedEventStore {
    /// Marks the event as applied; false if it was already.
    static func claim(_ eventId: String, in tx: Transaction) throws -> Bool {
        try tx.execute(
            "INSERT INTO applied_events VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            .text(eventId), .time(tx.now)) > 0
    }
}
