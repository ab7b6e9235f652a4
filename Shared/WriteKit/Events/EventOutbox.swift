import Contract
import Kernel
import SQLite

/// The table of events on their way to subscribers, and what audit entries say for them; a
/// migration step of each context, after `auditActingSchema`.
public let eventOutboxSchema =
    auditParentSchema + """
        CREATE TABLE event_outbox (
            -- Without gaps: rows are deleted from the beginning on.
            position INTEGER PRIMARY KEY AUTOINCREMENT,
            entry_id TEXT NOT NULL,
            type TEXT NOT NULL,
            owner TEXT,
            organization TEXT,
            -- A JSON object; nothing: what the entry shows before and after.
            data TEXT
        ) STRICT;
        """

/// The rows of `event_outbox`: the events of the context's own changes, each written with its audit
/// entry and kept until it was received.
public enum EventOutbox {
    static func insert(_ event: AuditEvent, _ entryId: String, in tx: Transaction) throws {
        try tx.execute(
            """
            INSERT INTO event_outbox (entry_id, type, owner, organization, data)
            VALUES (?1, ?2, ?3, ?4, ?5)
            """, .text(entryId), .text(event.change.type), .text(owners(event.audience)),
            .text(event.audience.organization), .text(event.data))
    }

    /// Separated by spaces; nil for none.
    private static func owners(_ audience: EventAudience) -> String? {
        audience.owner.map { ([$0] + (audience.otherOwners ?? [])).joined(separator: " ") }
    }

    /// The oldest events after a position, in their order: at least one if there are any.
    /// - Parameters:
    ///   - count: how many at most.
    ///   - bytes: of all data together, at most; one alone can be larger.
    public static func waiting(
        after position: Int = 0, count: Int, bytes: Int, in db: some Queryable
    ) throws -> [OutgoingEvent] {
        let found = try db.rows(sizes, .int(position), .int(count)) {
            (position: Int($0.int(0)), size: Int($0.int(1)))
        }
        var (last, total) = (position, 0)
        for event in found {
            total += event.size
            if total > bytes, last > position { break }
            last = event.position
        }
        return try db.rows(events, .int(position), .int(last), map: event)
    }

    private static let sizes: SQL = """
        SELECT o.position, coalesce(
            length(CAST(o.data AS BLOB)),
            coalesce(length(CAST(a.before AS BLOB)), 0)
                + coalesce(length(CAST(a.after AS BLOB)), 0))
        FROM event_outbox o CROSS JOIN audit a ON a.id = o.entry_id
        WHERE o.position > ?1 ORDER BY o.position LIMIT ?2
        """

    private static let events = SQL(
        """
        SELECT \(AuditStore.columns, of: "a"), o.position, o.type, o.owner, o.organization, o.data
        FROM event_outbox o CROSS JOIN audit a ON a.id = o.entry_id
        WHERE o.position > ?1 AND o.position <= ?2 ORDER BY o.position
        """)

    private static func event(_ row: Row) throws -> OutgoingEvent {
        let entry = try AuditStore.entry(row)
        let first = 13
        let owners = row.textOrNil(first + 2)?.split(separator: " ").map(String.init) ?? []
        return OutgoingEvent(
            position: Int(row.int(first)), id: "evt_" + entry.id.drop { $0 != "_" }.dropFirst(),
            type: row.text(first + 1), at: entry.at, actorId: entry.actorId,
            actingId: entry.actingId, subject: entry.subject, parent: entry.parent,
            owners: owners, organization: row.textOrNil(first + 3),
            data: try row.textOrNil(first + 4) ?? SortedJSON.text(Change(entry)))
    }

    /// `data` of events without a form of their own.
    private struct Change: Encodable {
        @OrNull var before: AuditSnapshot?
        @OrNull var after: AuditSnapshot?

        init(_ entry: AuditEntryBody) {
            _before = OrNull(wrappedValue: entry.before?.snakeCased)
            _after = OrNull(wrappedValue: entry.after?.snakeCased)
        }
    }

    /// Forgets events that were received, up to a position, inclusive.
    public static func delete(through position: Int, in tx: Transaction) throws {
        try tx.execute("DELETE FROM event_outbox WHERE position <= ?1", .int(position))
    }

    /// How many events wait, and since when the oldest does.
    public static func backlog(
        in db: some Queryable
    ) throws -> (count: Int, oldest: Timestamp?) {
        let oldest = try db.row(
            """
            SELECT o.position, a.at FROM event_outbox o CROSS JOIN audit a ON a.id = o.entry_id
            WHERE o.position > 0 ORDER BY o.position LIMIT 1
            """
        ) { (position: Int($0.int(0)), at: $0.time(1)) }
        guard let oldest else { return (0, nil) }
        let newest =
            try db.row("SELECT max(position) FROM event_outbox", map: { Int($0.int(0)) })
            ?? oldest.position
        return (newest - oldest.position + 1, oldest.at)
    }
}
