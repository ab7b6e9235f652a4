import Kernel
import SQLite

/// An event as subscribers receive it.
struct PublicEvent: Sendable, Equatable {
    /// In the order of events.
    let number: Int
    let id: String
    let type: String
    /// The entity or workspace; its events are sent in order.
    let subjectId: String
    /// Numbers the recipient's events from 1 without gaps.
    let sequence: Int
    /// JSON.
    let data: String
    let createdAt: Timestamp

    /// As webhooks and the feed show it, always the same bytes, since they are signed. Everything
    /// but `data` is ours and needs no escaping.
    var json: String {
        #"{"created_at":"\#(createdAt.rfc3339)","data":\#(data),"id":"\#(id)","#
            + #""sequence":\#(sequence),"type":"\#(type)"}"#
    }
}

/// Rows of `events`.
enum EventStore {
    /// Those of `PublicEvent`, and then the recipient.
    private static let columns = Columns(
        "number", "id", "type", "subject_id", "sequence", "data", "created_at", "recipient")

    static func add(
        _ type: String, id: String, about subjectId: String, for recipient: String,
        data: String, in tx: Transaction
    ) throws -> PublicEvent {
        let sequence = try tx.row(
            """
            INSERT INTO event_counts (recipient, last) VALUES (?1, 1)
            ON CONFLICT (recipient) DO UPDATE SET last = last + 1 RETURNING last
            """, .text(recipient)
        ) { Int($0.int(0)) }
        let number = try tx.row(
            insertion, .null, .text(id), .text(type), .text(subjectId), .int(sequence ?? 0),
            .text(data), .time(tx.now), .text(recipient)
        ) { Int($0.int(0)) }
        return PublicEvent(
            number: number ?? 0, id: id, type: type, subjectId: subjectId,
            sequence: sequence ?? 0, data: data, createdAt: tx.now)
    }

    private static let insertion = SQL("\(columns.insert(into: "events")) RETURNING number")

    /// A recipient's events after a sequence number, oldest first.
    static func list(
        for recipient: String, after sequence: Int, limit: Int, in db: some Queryable
    ) throws -> [PublicEvent] {
        try db.rows(next, .text(recipient), .int(sequence), .int(limit), map: event)
    }

    private static let next = SQL(
        """
        SELECT \(columns) FROM events
        WHERE recipient = ?1 AND sequence > ?2 ORDER BY sequence LIMIT ?3
        """)

    static func find(_ id: String, in db: some Queryable) throws -> PublicEvent? {
        try db.row(byId, .text(id), map: event)
    }

    private static let byId = SQL("SELECT \(columns) FROM events WHERE id = ?1")

    /// Deletes old ones and their deliveries.
    /// - Returns: how many events there were.
    static func purge(before time: Timestamp, limit: Int, in tx: Transaction) throws -> Int {
        try tx.execute(
            """
            DELETE FROM deliveries WHERE event_number IN (
                SELECT number FROM events INDEXED BY events_by_age
                WHERE created_at < ?1 ORDER BY created_at LIMIT ?2)
            """, .time(time), .int(limit))
        return try tx.execute(
            """
            DELETE FROM events WHERE number IN (
                SELECT number FROM events INDEXED BY events_by_age
                WHERE created_at < ?1 ORDER BY created_at LIMIT ?2)
            """, .time(time), .int(limit))
    }

    /// Deletes some of a deleted user. Their deliveries were deleted with the webhooks.
    /// - Returns: how many.
    static func deleteSome(
        for recipient: String, limit: Int, in tx: Transaction
    ) throws -> Int {
        let deleted = try tx.execute(
            """
            DELETE FROM events WHERE number IN (
                SELECT number FROM events INDEXED BY events_of_recipient WHERE recipient = ?1
                LIMIT ?2)
            """, .text(recipient), .int(limit))
        if deleted < limit {
            try tx.execute("DELETE FROM event_counts WHERE recipient = ?1", .text(recipient))
        }
        return deleted
    }

    private static func event(_ row: Row) throws -> PublicEvent {
        PublicEvent(
            number: Int(row.int(0)), id: row.text(1), type: row.text(2), subjectId: row.text(3),
            sequence: Int(row.int(4)), data: row.text(5), createdAt: row.time(6))
    }
}
