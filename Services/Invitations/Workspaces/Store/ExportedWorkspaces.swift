import SQLite
import WriteKit

/// Finds what a user has sent; a migration step.
package let workspaceInvitationsOfInviterSchema = """
    CREATE INDEX workspace_invitations_of_inviter ON workspace_invitations (invited_by, id);

    """

extension WorkspacesUseCases {
    /// What is exported of a user.
    package static let exported = [
        ExportSection(
            "workspaces", covers: ["workspace_members.user_id"], by: .text,
            """
            SELECT m.workspace_id, m.workspace_id, w.name, m.permissions, m.shared_at
            FROM workspace_members m CROSS JOIN workspaces w ON w.id = m.workspace_id
            WHERE m.user_id = ?1 AND m.workspace_id > ?2 ORDER BY m.workspace_id LIMIT ?3
            """, .text("id"), .text("name"), .text("permissions"), .time("sharedAt")),
        invitations(
            "workspaceInvitationsReceived", "workspace_invitations.email",
            "workspace_invitations_to", where: "email = ?1", email: true),
        invitations(
            "workspaceInvitationsSent", "workspace_invitations.invited_by",
            "workspace_invitations_of_inviter", where: "invited_by = ?1"),
    ]

    private static func invitations(
        _ name: String, _ covered: String, _ index: SQL.Parts, where condition: SQL.Parts,
        email: Bool = false
    ) -> ExportSection {
        ExportSection(
            name, covers: [covered], by: .text, email: email,
            SQL(
                """
                SELECT id, id, workspace_id, email, permissions, locale, status, invited_by,
                    created_at, sent_at, expires_at, answered_at
                FROM workspace_invitations INDEXED BY \(index)
                WHERE \(condition) AND id > ?2 ORDER BY id LIMIT ?3
                """),
            .text("id"), .text("workspaceId"), .text("email"), .text("permissions"),
            .text("locale"), .text("status"), .text("invitedBy"), .time("createdAt"),
            .time("sentAt"),
            .time("expiresAt"), .time("answeredAt"))
    }
}
