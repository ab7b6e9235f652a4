import Contract
import InvitationsContract
import Kernel
import SQLite

/// Rows of `events`.
enum EventStore {
    /// Those of `PublicEvent`.
    static let columns = Columns(
        "number", "id", "type", "created_at", "actor_id", "acting_id", "subject_type",
        "subject_id", "parent_type", "parent_id", "recipient", "organization_id", "is_private",
        "data")

    /// - Returns: nil if it was stored before.
    static func add(
        _ event: OutgoingEvent, isPrivate: Bool = false, in tx: Transaction
    ) throws -> PublicEvent? {
        let number = try tx.row(
            insertion, .null, .text(event.id), .text(event.type), .time(event.at),
            .text(event.actorId), .text(event.actingId), .text(event.subject.type),
            .text(event.subject.id), .text(event.parent?.type), .text(event.parent?.id),
            .text(event.owner), .text(event.organization), .bool(isPrivate), .text(event.data),
            .time(tx.now)
        ) { Int($0.int(0)) }
        return number.map { PublicEvent(number: $0, event, isPrivate: isPrivate) }
    }

    private static let insertion = SQL(
        """
        \((columns + Columns("stored_at")).insert(into: "events"))
        ON CONFLICT (id) DO NOTHING RETURNING number
        """)

    static func find(_ id: String, in db: some Queryable) throws -> PublicEvent? {
        try db.row(byId, .text(id)) { event($0) }
    }

    private static let byId = SQL("SELECT \(columns) FROM events WHERE id = ?1")

    /// Forgets some of what a deleted user received. Their deliveries were deleted with the
    /// webhooks; the events stay, for the platform.
    /// - Returns: how many.
    static func disownSome(
        of recipient: String, limit: Int, in tx: Transaction
    ) throws -> Int {
        try tx.execute(
            """
            UPDATE events SET recipient = NULL WHERE number IN (
                SELECT number FROM events INDEXED BY events_of_recipient WHERE recipient = ?1
                LIMIT ?2)
            """, .text(recipient), .int(limit))
    }

    /// The number of the first event that arrived at a time or later; nil if there is none.
    static func first(storedSince time: Timestamp, in db: some Queryable) throws -> Int? {
        try db.row(
            """
            SELECT number FROM events INDEXED BY events_by_age
            WHERE stored_at >= ?1 ORDER BY stored_at, number LIMIT 1
            """, .time(time)
        ) { Int($0.int(0)) }
    }

    // MARK: Retention

    /// The name of its mark: the number up to which events are deleted.
    static let retention = "events"

    static func oldest(in db: some Queryable) throws -> Timestamp? {
        try db.row(
            """
            SELECT stored_at FROM events INDEXED BY events_by_age
            ORDER BY stored_at, number LIMIT 1
            """
        ) { $0.time(0) }
    }

    /// Deletes some of the events before a number, the first ones.
    /// - Returns: their numbers.
    static func purge(before number: Int, limit: Int, in tx: Transaction) throws -> [Int] {
        try tx.rows(
            """
            DELETE FROM events WHERE number IN (
                SELECT number FROM events WHERE number < ?1 ORDER BY number LIMIT ?2)
            RETURNING number
            """, .int(number), .int(limit)
        ) { Int($0.int(0)) }
    }

    // MARK: Feeds

    /// The numbers of a scope's events that follow a number, in an order.
    static func numbers(
        in scope: FeedScope, _ order: EventOrder = .ascending, after number: Int, limit: Int,
        _ db: some Queryable
    ) throws -> [Int] {
        let feed = FeedQueries.in(order)
        let range = [Value.int(number), .int(limit)]
        return switch scope {
        case .own(let userId):
            try db.rows(feed.ofRecipient, values: range + [.text(userId)]) { Int($0.int(0)) }
        case .organization(let id):
            try db.rows(feed.ofOrganization, values: range + [.text(id)]) { Int($0.int(0)) }
        case .platform: try db.rows(feed.ofAll, values: range) { Int($0.int(0)) }
        }
    }

    /// The same of the events about a thing and what belongs to it.
    static func numbers(
        about id: String, _ order: EventOrder = .ascending, after number: Int, limit: Int,
        in db: some Queryable
    ) throws -> [Int] {
        try db.rows(FeedQueries.in(order).ofThing, .int(number), .int(limit), .text(id)) {
            Int($0.int(0))
        }
    }

    static func find(_ number: Int, in db: some Queryable) throws -> PublicEvent? {
        try db.row(byNumber, .int(number)) { event($0) }
    }

    private static let byNumber = SQL("SELECT \(columns) FROM events WHERE number = ?1")

    /// - Parameter first: the column of the row with the event's number.
    static func event(_ row: Row, from first: Int = 0) -> PublicEvent {
        func subject(_ column: Int) -> AuditEntryBody.Subject? {
            row.textOrNil(first + column).map {
                AuditEntryBody.Subject(type: $0, id: row.text(first + column + 1))
            }
        }
        return PublicEvent(
            number: Int(row.int(first)), id: row.text(first + 1), type: row.text(first + 2),
            at: row.time(first + 3), actorId: row.textOrNil(first + 4),
            actingId: row.textOrNil(first + 5),
            subject: AuditEntryBody.Subject(type: row.text(first + 6), id: row.text(first + 7)),
            parent: subject(8), owner: row.textOrNil(first + 10),
            organization: row.textOrNil(first + 11), isPrivate: row.bool(first + 12),
            data: row.text(first + 13))
    }
}

/// Queries for the numbers of events in one order, each from an index.
private struct FeedQueries {
    let ofRecipient: SQL
    let ofOrganization: SQL
    let ofAll: SQL
    let ofThing: SQL

    static func `in`(_ order: EventOrder) -> FeedQueries {
        switch order {
        case .ascending: oldestFirst
        case .descending: newestFirst
        }
    }

    private static let oldestFirst = FeedQueries(follows: ">", order: "number")
    private static let newestFirst = FeedQueries(follows: "<", order: "number DESC")

    private init(follows: SQL, order: SQL) {
        ofRecipient = SQL(
            """
            SELECT number FROM events INDEXED BY events_of_recipient
            WHERE recipient = ?3 AND number \(follows) ?1 ORDER BY \(order) LIMIT ?2
            """)
        ofOrganization = SQL(
            """
            SELECT number FROM events INDEXED BY events_of_organization
            WHERE organization_id = ?3 AND number \(follows) ?1 ORDER BY \(order) LIMIT ?2
            """)
        ofAll = SQL(
            "SELECT number FROM events WHERE number \(follows) ?1 ORDER BY \(order) LIMIT ?2")
        ofThing = SQL(
            """
            SELECT number FROM events INDEXED BY events_of_subject
            WHERE subject_id = ?3 AND number \(follows) ?1
            UNION
            SELECT number FROM events INDEXED BY events_of_parent
            WHERE parent_id = ?3 AND number \(follows) ?1
            ORDER BY \(order) LIMIT ?2
            """)
    }
}
