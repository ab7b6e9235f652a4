import FoundationEssentials
import Kernel
import SQLite
import Webhooks

/// Rows of `delivery_attempts`: the latest attempt of each delivery. The database deletes them with
/// their deliveries.
enum AttemptStore {
    private static let key = Columns("webhook_id", "event_number")
    private static let columns = Columns(
        "url", "sent_at", "duration", "status", "headers", "body", "is_truncated")

    /// Replaces the one before.
    static func set(_ attempt: DeliveryAttempt, of delivery: Delivery, in tx: Transaction) throws {
        let response = attempt.response
        try tx.execute(
            replacement, .text(delivery.webhookId), .int(delivery.eventNumber), .text(attempt.url),
            .time(attempt.at), .int(attempt.milliseconds),
            .int(response.map { Int64($0.status) }),
            response.map { .texts($0.headers.flatMap { [$0.name, $0.value] }) } ?? .null,
            response.map { .blob($0.body) } ?? .null,
            response.map { .bool($0.isTruncated) } ?? .null)
    }

    private static let replacement = SQL(
        """
        \((key + columns).insert(into: "delivery_attempts"))
        ON CONFLICT DO UPDATE SET url = excluded.url, sent_at = excluded.sent_at,
            duration = excluded.duration, status = excluded.status, headers = excluded.headers,
            body = excluded.body, is_truncated = excluded.is_truncated
        """)

    static func find(of delivery: Delivery, in db: some Queryable) throws -> DeliveryAttempt? {
        try db.row(
            ofDelivery, .text(delivery.webhookId), .int(delivery.eventNumber), map: attempt)
    }

    private static let ofDelivery = SQL(
        "SELECT \(columns) FROM delivery_attempts WHERE webhook_id = ?1 AND event_number = ?2")

    private static func attempt(_ row: Row) throws -> DeliveryAttempt {
        DeliveryAttempt(
            url: row.text(0), at: row.time(1), milliseconds: Int(row.int(2)),
            response: try row.intOrNil(3).map { status in
                WebhookResponse(
                    status: Int(status), headers: try headers(row.text(4)), body: row.blob(5),
                    isTruncated: row.bool(6))
            })
    }

    /// Names and values in turn.
    private static func headers(_ json: String) throws -> [WebhookResponse.Header] {
        let texts = try JSONDecoder().decode([String].self, from: Data(json.utf8))
        return stride(from: 0, to: texts.count - 1, by: 2).map {
            WebhookResponse.Header(texts[$0], texts[$0 + 1])
        }
    }
}
