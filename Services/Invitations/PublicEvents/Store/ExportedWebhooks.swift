import SQLite
import WriteKit

extension WebhooksUseCases {
    /// What is exported of a user; without the secrets.
    package static let exported = [
        ExportSection(
            "webhooks", covers: ["webhooks.owner_id"], by: .text,
            """
            SELECT id, id, url, scope, organization_id, events, is_enabled, disabled_reason,
                failing_since, created_at
            FROM webhooks INDEXED BY webhooks_of_owner
            WHERE owner_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3
            """,
            .text("id"), .text("url"), .text("scope"), .text("organizationId"), .json("events"),
            .flag("enabled"), .text("disabledReason"), .time("failingSince"), .time("createdAt"))
    ]
}
