import SQLite
import WriteKit

/// What this context has of a user.
enum ExportedData {
    static let all = UserExport(
        [
            ExportSection(
                "teams", covers: ["team_members.user_id"], by: .text,
                """
                SELECT m.team_id, m.team_id, t.name, m.role, m.joined_at
                FROM team_members m CROSS JOIN teams t ON t.id = m.team_id
                WHERE m.user_id = ?1 AND m.team_id > ?2 ORDER BY m.team_id LIMIT ?3
                """, .text("id"), .text("name"), .text("role"), .time("joinedAt")),
            ExportSection(
                "integrations", covers: ["integrations.owner"], by: .text,
                """
                SELECT id, id, slug, name, description, external_id, created_at, updated_at
                FROM integrations INDEXED BY integrations_of_owner
                WHERE owner = ?1 AND id > ?2 ORDER BY id LIMIT ?3
                """,
                .text("id"), .text("slug"), .text("name"), .text("description"),
                .text("externalId"), .time("createdAt"), .time("updatedAt")),
            ExportSection(
                "shares", covers: ["shares.principal"], by: .text,
                """
                SELECT integration_id, id, integration_id, access_level, created_at, updated_at
                FROM shares WHERE principal = ?1 AND integration_id > ?2
                ORDER BY integration_id LIMIT ?3
                """,
                .text("id"), .text("integrationId"), .number("accessLevel"), .time("createdAt"),
                .time("updatedAt")),
            .offboardings,
        ],
        left: [
            "integrations.created_by": "for whose quota it counts; the creation is in auditBy",
            "teams.created_by": "for whose quota it counts; the creation is in auditBy",
        ])
}
