import SQLite
import WriteKit

/// What this context has of a user.
enum ExportedData {
    static let all = UserExport(
        [
            ExportSection(
                "memberships", covers: ["memberships.user_id"], by: .text,
                """
                SELECT m.organization_id, m.organization_id, o.name, o.slug, r.name, m.joined_at
                FROM memberships m CROSS JOIN organizations o ON o.id = m.organization_id
                CROSS JOIN roles r ON r.id = m.role_id
                WHERE m.user_id = ?1 AND m.organization_id > ?2
                ORDER BY m.organization_id LIMIT ?3
                """,
                .text("organizationId"), .text("name"), .text("slug"), .text("role"),
                .time("joinedAt")),
            .offboardings,
        ],
        left: [
            "organizations.created_by": "for whose quota it counts; the creation is in auditBy",
            "publications.published_by":
                "a part of the organization's store; who published it is in auditBy",
        ])
}
