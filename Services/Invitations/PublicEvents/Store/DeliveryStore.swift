import InvitationsContract
import Kernel
import SQLite

/// A due delivery and its event.
struct DueDelivery: Sendable, Equatable {
    let delivery: Delivery
    let event: PublicEvent
}

/// The pending deliveries of a webhook.
struct DeliveryBacklog: Sendable, Equatable {
    let webhookId: String
    let ownerId: String
    /// When the first of them is due.
    let nextAt: Timestamp
}

/// Rows of `deliveries`.
enum DeliveryStore {
    private static let columns = Columns(
        "webhook_id", "event_number", "event_id", "type", "subject_id", "status", "attempts",
        "step", "next_at", "last_status", "last_error", "created_at", "delivered_at")
    private static let isFull =
        "\(WebhookLimits.waiting) deliveries of the webhook were pending already"

    /// Creates a delivery for a webhook that receives the event. It waits while an earlier event of
    /// its line waits for a retry. Beyond the limit of pending deliveries it fails at once, and can
    /// be redelivered later.
    static func add(_ event: PublicEvent, for webhookId: String, in tx: Transaction) throws {
        try tx.execute(
            """
            INSERT INTO deliveries (webhook_id, event_number, event_id, type, subject_id,
                status, next_at, last_error, created_at)
            SELECT w.id, ?2, ?3, ?4, ?5, iif(w.waiting < ?7, 'pending', 'failed'),
                iif(w.waiting < ?7, coalesce((
                    SELECT CASE WHEN d.step < 3 THEN d.next_at END
                    FROM deliveries d INDEXED BY deliveries_of_subject
                    WHERE d.webhook_id = w.id AND d.subject_id = ?5 AND d.status = 'pending'
                    ORDER BY d.event_number DESC LIMIT 1), 0), NULL),
                iif(w.waiting < ?7, NULL, ?8), ?6
            FROM webhooks w WHERE w.id = ?1
            """, .text(webhookId), .int(event.number), .text(event.id), .text(event.type),
            .text(event.line), .time(tx.now), .int(WebhookLimits.waiting), .text(isFull))
    }

    static func insert(_ delivery: Delivery, in tx: Transaction) throws {
        try tx.execute(
            insertion,
            .text(delivery.webhookId), .int(delivery.eventNumber), .text(delivery.eventId),
            .text(delivery.type), .text(delivery.subjectId), .text(delivery.status.rawValue),
            .int(delivery.attempts), .int(delivery.step), .time(delivery.nextAt),
            .int(delivery.lastStatus.map(Int64.init)), .text(delivery.lastError),
            .time(delivery.createdAt), .time(delivery.deliveredAt))
    }

    private static let insertion = columns.insert(into: "deliveries")

    static func find(
        _ eventNumber: Int, at webhookId: String, in db: some Queryable
    ) throws -> Delivery? {
        try db.row(ofEvent, .text(webhookId), .int(eventNumber), map: delivery)
    }

    private static let ofEvent = SQL(
        "SELECT \(columns) FROM deliveries WHERE webhook_id = ?1 AND event_number = ?2")

    /// Newest first.
    static func page(
        of webhookId: String, _ status: DeliveryStatus?, _ page: PageRequest,
        in db: some Queryable
    ) throws -> Page<Delivery> {
        guard let status else {
            return try db.page(ofWebhook, page, .text(webhookId), map: delivery)
        }
        return try db.page(
            withStatus, page, .text(webhookId), .text(status.rawValue), map: delivery)
    }

    private static let key = Columns("webhook_id", "event_number")

    private static let ofWebhook = PagedQuery(
        "\(columns, of: "r")", from: "deliveries", key: key, where: "webhook_id = ?1",
        newestFirst: Columns("event_number"),
        count: SQL("SELECT waiting + delivered + failed FROM webhooks WHERE id = ?1"))

    private static let withStatus = PagedQuery(
        "\(columns, of: "r")", from: "deliveries", key: key, by: "deliveries_by_status",
        where: "webhook_id = ?1 AND status = ?2", newestFirst: Columns("event_number"),
        count: SQL(
            """
            SELECT CASE ?2 WHEN 'pending' THEN waiting WHEN 'delivered' THEN delivered
                ELSE failed END
            FROM webhooks WHERE id = ?1
            """))

    /// Writes whatever can change, and the time of the change.
    static func update(_ delivery: Delivery, in tx: Transaction) throws {
        try tx.execute(
            """
            UPDATE deliveries SET status = ?3, attempts = ?4, step = ?5, next_at = ?6,
                last_status = ?7, last_error = ?8, delivered_at = ?9, tried_at = ?10
            WHERE webhook_id = ?1 AND event_number = ?2
            """,
            values: [
                .text(delivery.webhookId), .int(delivery.eventNumber),
                .text(delivery.status.rawValue), .int(delivery.attempts), .int(delivery.step),
                .time(delivery.nextAt), .int(delivery.lastStatus.map(Int64.init)),
                .text(delivery.lastError), .time(delivery.deliveredAt), .time(tx.now),
            ])
    }

    /// Whether there are attempts after now, from a clock that ran ahead.
    static func isDated(after now: Timestamp, in db: some Queryable) throws -> Bool {
        try db.row(
            """
            SELECT 1 FROM deliveries INDEXED BY deliveries_tried
            WHERE status = 'pending' AND tried_at > ?1 LIMIT 1
            """, .time(now)
        ) { _ in true } ?? false
    }

    /// Moves attempts after now back to now, and their next attempts by as much, with the
    /// deliveries that wait for them.
    /// - Returns: how many.
    static func redate(limit: Int, in tx: Transaction) throws -> Int {
        let tried = try tx.rows(
            """
            SELECT d.webhook_id, d.event_number, d.subject_id, d.next_at, d.tried_at
            FROM (SELECT webhook_id, event_number FROM deliveries INDEXED BY deliveries_tried
                  WHERE status = 'pending' AND tried_at > ?1 LIMIT ?2) late
            CROSS JOIN deliveries d
                ON d.webhook_id = late.webhook_id AND d.event_number = late.event_number
            """, .time(tx.now), .int(limit)
        ) { row in
            let ahead = row.time(4).milliseconds - tx.now.milliseconds
            let next = max(Delivery.now, row.time(3).adding(milliseconds: -ahead))
            return (
                key: [Value.text(row.text(0)), .int(row.int(1))],
                behind: [Value.text(row.text(2)), .time(row.time(3))], next: Value.time(next)
            )
        }
        for one in tried {
            try tx.execute(
                """
                UPDATE deliveries SET next_at = ?3, tried_at = ?4
                WHERE webhook_id = ?1 AND event_number = ?2
                """, values: one.key + [one.next, .time(tx.now)])
            try tx.execute(
                """
                UPDATE deliveries INDEXED BY deliveries_of_subject SET next_at = ?5
                WHERE webhook_id = ?1 AND subject_id = ?3 AND status = 'pending'
                    AND event_number > ?2 AND next_at = ?4 AND tried_at IS NULL
                """, values: one.key + one.behind + [one.next])
        }
        return tried.count
    }

    /// Later events of its subject wait for it.
    static func block(behind delivery: Delivery, in tx: Transaction) throws {
        guard delivery.blocksLater, let nextAt = delivery.nextAt else { return }
        try tx.execute(
            """
            UPDATE deliveries INDEXED BY deliveries_of_subject SET next_at = ?4
            WHERE webhook_id = ?1 AND subject_id = ?2 AND status = 'pending'
                AND event_number > ?3 AND next_at < ?4 AND step < 3
            """, .text(delivery.webhookId), .text(delivery.subjectId),
            .int(delivery.eventNumber), .time(nextAt))
    }

    /// Makes the pending deliveries of a moved webhook due at once.
    static func hasten(to webhookId: String, in tx: Transaction) throws {
        try tx.execute(
            """
            UPDATE deliveries SET step = 0, next_at = 0
            WHERE webhook_id = ?1 AND status = 'pending'
            """, .text(webhookId))
    }

    static func isPending(
        about subjectId: String, at webhookId: String, in db: some Queryable
    ) throws -> Bool {
        try db.row(
            """
            SELECT 1 FROM deliveries INDEXED BY deliveries_of_subject
            WHERE webhook_id = ?1 AND subject_id = ?2 AND status = 'pending' LIMIT 1
            """, .text(webhookId), .text(subjectId)
        ) { _ in true } ?? false
    }

    /// Fails the pending deliveries of events that one of the other webhooks has, too.
    static func giveUp(
        of webhookId: String, alsoAt others: [String], because reason: String, in tx: Transaction
    ) throws {
        guard !others.isEmpty else { return }
        try tx.execute(
            """
            UPDATE deliveries SET status = 'failed', next_at = NULL, last_error = ?2
            WHERE webhook_id = ?1 AND status = 'pending' AND EXISTS (
                SELECT 1 FROM json_each(?3) other JOIN deliveries d
                    ON d.webhook_id = other.value AND d.event_number = deliveries.event_number
                WHERE d.status <> 'failed')
            """, .text(webhookId), .text(reason), .texts(others))
    }

    /// Fails all pending deliveries.
    static func giveUp(of webhookId: String, because reason: String, in tx: Transaction) throws {
        try tx.execute(
            """
            UPDATE deliveries SET status = 'failed', next_at = NULL,
                last_error = coalesce(last_error, ?2)
            WHERE webhook_id = ?1 AND status = 'pending'
            """, .text(webhookId), .text(reason))
    }

    /// The numbers of those events that a webhook has not received, oldest first.
    /// - Parameters:
    ///   - numbers: the webhook's events, as candidates.
    ///   - others: webhooks with the same URL, whose events are skipped.
    static func missed(
        _ numbers: [Int], at webhookId: String, notAt others: [String], in db: some Queryable
    ) throws -> [Int] {
        try db.rows(
            """
            SELECT candidate.value FROM json_each(?2) candidate
            WHERE NOT EXISTS (
                    SELECT 1 FROM deliveries d
                    WHERE d.webhook_id = ?1 AND d.event_number = candidate.value
                        AND d.status <> 'failed')
                AND NOT EXISTS (
                    SELECT 1 FROM json_each(?3) other CROSS JOIN deliveries d
                        ON d.webhook_id = other.value AND d.event_number = candidate.value
                    WHERE d.status <> 'failed')
            """, .text(webhookId), .numbers(numbers), .texts(others)
        ) { Int($0.int(0)) }
    }

    /// Makes these events due at a webhook, unless they are, up to the limit of pending deliveries.
    /// - Returns: how many.
    static func restart(_ numbers: [Int], at webhookId: String, in tx: Transaction) throws -> Int {
        try tx.execute(
            """
            INSERT INTO deliveries (webhook_id, event_number, event_id, type, subject_id, status,
                next_at, created_at)
            SELECT ?1, e.number, e.id, e.type, coalesce(e.parent_id, e.subject_id), 'pending', 0,
                ?3
            FROM json_each(?2) candidate CROSS JOIN events e ON e.number = candidate.value
            WHERE NOT EXISTS (
                SELECT 1 FROM deliveries d
                WHERE d.webhook_id = ?1 AND d.event_number = e.number AND d.status <> 'failed')
            LIMIT max(0, ?4 - (SELECT waiting FROM webhooks WHERE id = ?1))
            ON CONFLICT (webhook_id, event_number) DO UPDATE SET
                status = 'pending', step = 0, next_at = 0
            WHERE deliveries.status = 'failed'
            """, .text(webhookId), .numbers(numbers), .time(tx.now), .int(WebhookLimits.waiting))
    }

    /// The number of the oldest event with a delivery.
    static func firstEvent(in db: some Queryable) throws -> Int? {
        try db.row(
            """
            SELECT event_number FROM deliveries INDEXED BY deliveries_of_event
            ORDER BY event_number LIMIT 1
            """
        ) { Int($0.int(0)) }
    }

    /// When that event was stored.
    static func oldestEvent(in db: some Queryable) throws -> Timestamp? {
        guard let number = try firstEvent(in: db) else { return nil }
        return try db.row("SELECT stored_at FROM events WHERE number = ?1", .int(number)) {
            $0.time(0)
        }
    }

    /// Deletes some of events before a number.
    /// - Returns: how many.
    static func purge(before number: Int, limit: Int, in tx: Transaction) throws -> Int {
        try tx.execute(
            """
            DELETE FROM deliveries WHERE (webhook_id, event_number) IN (
                SELECT webhook_id, event_number FROM deliveries INDEXED BY deliveries_of_event
                WHERE event_number < ?1 LIMIT ?2)
            """, .int(number), .int(limit))
    }

    // MARK: Due deliveries

    /// Every webhook with pending deliveries, and when the first is due: one step in the index for
    /// each, however many there are. Deleted webhooks are left out, and those of suspended users,
    /// whose deliveries wait.
    static func backlogs(in db: some Queryable) throws -> [DeliveryBacklog] {
        try db.rows(
            """
            WITH RECURSIVE waiting (id) AS (
                SELECT min(webhook_id) FROM deliveries INDEXED BY deliveries_due
                WHERE status = 'pending'
                UNION ALL
                SELECT (SELECT min(d.webhook_id) FROM deliveries d INDEXED BY deliveries_due
                        WHERE d.status = 'pending' AND d.webhook_id > waiting.id)
                FROM waiting WHERE waiting.id IS NOT NULL
            )
            SELECT w.id, w.owner_id,
                (SELECT min(d.next_at) FROM deliveries d INDEXED BY deliveries_due
                 WHERE d.status = 'pending' AND d.webhook_id = waiting.id)
            FROM waiting CROSS JOIN webhooks w ON w.id = waiting.id
            WHERE waiting.id IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM suspended_users s WHERE s.id = w.owner_id)
            """
        ) { DeliveryBacklog(webhookId: $0.text(0), ownerId: $0.text(1), nextAt: $0.time(2)) }
    }

    /// The due deliveries of a webhook, in order.
    static func due(
        at webhookId: String, _ now: Timestamp, limit: Int, in db: some Queryable
    ) throws -> [DueDelivery] {
        try db.rows(dueAtWebhook, .text(webhookId), .time(now), .int(limit)) { row in
            DueDelivery(delivery: try delivery(row), event: EventStore.event(row, from: 13))
        }
    }

    private static let dueAtWebhook = SQL(
        """
        SELECT \(columns, of: "d"), \(EventStore.columns, of: "e")
        FROM (SELECT webhook_id, event_number, next_at
              FROM deliveries INDEXED BY deliveries_due
              WHERE webhook_id = ?1 AND status = 'pending' AND next_at <= ?2
              ORDER BY next_at, event_number LIMIT ?3) due
        CROSS JOIN deliveries d
            ON d.webhook_id = due.webhook_id AND d.event_number = due.event_number
        CROSS JOIN events e ON e.number = d.event_number
        ORDER BY due.next_at, due.event_number
        """)

    /// The number of pending deliveries, up to a bound, and the time of the oldest.
    static func waiting(
        upTo bound: Int, in db: some Queryable
    ) throws -> (count: Int, oldest: Timestamp?) {
        try db.row(
            """
            SELECT count(*), min(created_at) FROM (
                SELECT created_at FROM deliveries INDEXED BY deliveries_due
                WHERE status = 'pending' LIMIT ?1)
            """, .int(bound)
        ) { (Int($0.int(0)), $0.timeOrNil(1)) } ?? (0, nil)
    }

    private static func delivery(_ row: Row) throws -> Delivery {
        guard let status = DeliveryStatus(rawValue: row.text(5)) else {
            throw Fault.unexpected("a delivery with an unknown status")
        }
        return Delivery(
            webhookId: row.text(0), eventNumber: Int(row.int(1)), eventId: row.text(2),
            type: row.text(3), subjectId: row.text(4), status: status, attempts: Int(row.int(6)),
            step: Int(row.int(7)), nextAt: row.timeOrNil(8),
            lastStatus: row.intOrNil(9).map(Int.init), lastError: row.textOrNil(10),
            createdAt: row.time(11), deliveredAt: row.timeOrNil(12))
    }
}
