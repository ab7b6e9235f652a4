import Kernel
import SQLite

/// The table of applied events of other contexts; a migration step of the context that receives
/// them. A second delivery changes nothing.
public let inboxSchema = """
    CREATE TABLE applied_events (
        id TEXT PRIMARY KEY,
        applied_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    """

/// The table `applied_events`: which events of other contexts have taken effect.
enum Inbox {
    /// Marks the event as applied, in the transaction of its effect; false if it was already.
    static func claim(_ eventId: String, in tx: Transaction) throws -> Bool {
        try tx.execute(
            "INSERT INTO applied_events VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            .text(eventId), .time(tx.now)) > 0
    }
}
