import SQLite
import WriteKit

/// What this context has of a user.
enum ExportedData {
    static let all = UserExport(
        [
            ExportSection(
                "entities", covers: ["entities.owner_id"], by: .number,
                """
                SELECT rowid, id, name, slug, type, description, organization_id, external_id,
                    latest_version, created_at, updated_at
                FROM entities INDEXED BY entities_of_owner
                WHERE owner_id = ?1 AND rowid > ?2 ORDER BY rowid LIMIT ?3
                """,
                .text("id"), .text("name"), .text("slug"), .text("type"), .text("description"),
                .text("organizationId"), .text("externalId"), .text("latestVersion"),
                .time("createdAt"), .time("updatedAt")),
            ExportSection(
                "publishing", covers: ["publishers.user_id"], by: .text,
                """
                SELECT entity_id, entity_id, added_by, added_at FROM publishers
                WHERE user_id = ?1 AND entity_id > ?2 ORDER BY entity_id LIMIT ?3
                """, .text("entityId"), .text("addedBy"), .time("addedAt")),
            shares("sharesReceived", "shares.user_id", "shares_received", where: "user_id = ?1"),
            shares("sharesGiven", "shares.created_by", "shares_given", where: "created_by = ?1"),
            ExportSection(
                "installations", covers: ["installations.user_id"], by: .text,
                """
                SELECT entity_id, entity_id, version, installed_at FROM installations
                WHERE user_id = ?1 AND entity_id > ?2 ORDER BY entity_id LIMIT ?3
                """, .text("entityId"), .text("version"), .time("installedAt")),
            .offboardings,
        ],
        left: [
            "publishers.added_by": "about another publisher; the user's own entry is in auditBy",
            "versions.published_by": "a part of the entity; who pushed it is in auditBy",
            "entities.created_by": "for whose quota it counts; the creation is in auditBy",
            "grants.user_id": "follows from publishing and shares",
            "long_grants.user_id": "follows from publishing and shares",
            "long_shares.user_id": "follows from shares",
        ])

    private static func shares(
        _ name: String, _ covered: String, _ index: SQL.Parts, where condition: SQL.Parts
    ) -> ExportSection {
        ExportSection(
            name, covers: [covered], by: .text,
            SQL(
                """
                SELECT id, id, entity_id, user_id, created_by, created_at
                FROM shares INDEXED BY \(index)
                WHERE \(condition) AND id > ?2 ORDER BY id LIMIT ?3
                """),
            .text("id"), .text("entityId"), .text("userId"), .text("createdBy"),
            .time("createdAt"))
    }
}
