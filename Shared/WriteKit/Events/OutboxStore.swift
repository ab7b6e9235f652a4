import Contract
import Kernel
import SQLite

/// The table of undelivered events; a migration step of the context that sends them.
public let outboxSchema = """
    CREATE TABLE outbox (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL,
        target TEXT NOT NULL,
        type TEXT NOT NULL,
        data TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        UNIQUE (target, id)
    ) STRICT;
    CREATE INDEX outbox_order ON outbox (target, number, created_at);
    """

/// The rows of the outbox.
public enum OutboxStore {
    /// Writes `event` for each target, with its cause.
    public static func add(
        _ event: InternalEvent, for targets: [String], in tx: Transaction
    ) throws {
        for target in targets {
            try tx.execute(
                """
                INSERT INTO outbox (id, target, type, data, created_at)
                VALUES (?1, ?2, ?3, ?4, ?5)
                """, .text(event.id), .text(target), .text(event.type), .text(event.data),
                .time(event.at))
        }
    }

    /// Writes an event for `targets`.
    /// - Parameter id: `evt_…`
    public static func add(
        _ type: String, _ fact: some Encodable, id: String, for targets: [String],
        in tx: Transaction
    ) throws {
        let data = try SortedJSON.text(fact)
        try add(InternalEvent(id: id, type: type, at: tx.now, data: data), for: targets, in: tx)
    }

    /// The oldest events, in their order.
    static func waiting(
        for target: String, in db: some Queryable
    ) throws -> [InternalEvent] {
        try db.rows(
            """
            SELECT id, type, created_at, data FROM outbox WHERE target = ?1
            ORDER BY number LIMIT 100
            """, .text(target)
        ) { row in
            InternalEvent(id: row.text(0), type: row.text(1), at: row.time(2), data: row.text(3))
        }
    }

    static func delivered(_ id: String, to target: String, in tx: Transaction) throws {
        try tx.execute("DELETE FROM outbox WHERE target = ?1 AND id = ?2", .text(target), .text(id))
    }

    /// How many events wait for `target`, and since when the oldest does.
    public static func backlog(
        of target: String, in db: some Queryable
    ) throws -> (count: Int, oldest: Timestamp?) {
        try db.row(
            "SELECT count(*), min(created_at) FROM outbox WHERE target = ?1", .text(target)
        ) { (Int($0.int(0)), $0.timeOrNil(1)) } ?? (0, nil)
    }
}
