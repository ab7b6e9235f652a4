import InvitationsContract
import SQLite

/// Finds webhooks that fail without reading those that don't; a migration step.
package let failingWebhooksSchema = """
    CREATE INDEX failing_webhooks ON webhooks (id)
        WHERE failing_since IS NOT NULL OR disabled_reason IS NOT NULL;
    """

/// Webhooks whose deliveries fail, or that we have disabled.
enum FailingWebhookStore {
    /// The oldest first.
    static func page(
        after id: String, limit: Int, in db: some Queryable
    ) throws -> [FailingWebhook] {
        try db.rows(failing, .text(id), .int(limit)) { row in
            FailingWebhook(
                id: row.text(0), ownerId: row.text(1), url: Webhook.shown(row.text(2)),
                scope: EventScope(rawValue: row.text(3)) ?? .own, enabled: row.bool(4),
                disabledReason: row.textOrNil(5).flatMap { WebhookDisabledReason(rawValue: $0) },
                failingSince: row.timeOrNil(6), pending: Int(row.int(7)),
                attempts: Int(row.intOrNil(8) ?? 0), lastStatus: row.intOrNil(9).map { Int($0) },
                lastError: row.textOrNil(10))
        }
    }

    /// With the oldest delivery that waits, or else the newest that failed.
    private static let failing: SQL = """
        SELECT w.id, w.owner_id, w.url, w.scope, w.is_enabled, w.disabled_reason, w.failing_since,
            w.waiting, d.attempts, d.last_status, d.last_error
        FROM webhooks w INDEXED BY failing_webhooks
        LEFT JOIN deliveries d ON d.webhook_id = w.id AND d.event_number = coalesce(
            (SELECT event_number FROM deliveries INDEXED BY deliveries_by_status
                WHERE webhook_id = w.id AND status = 'pending' ORDER BY event_number LIMIT 1),
            (SELECT event_number FROM deliveries INDEXED BY deliveries_by_status
                WHERE webhook_id = w.id AND status = 'failed'
                ORDER BY event_number DESC LIMIT 1))
        WHERE (w.failing_since IS NOT NULL OR w.disabled_reason IS NOT NULL) AND w.id > ?1
        ORDER BY w.id LIMIT ?2
        """
}
