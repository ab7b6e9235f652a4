import SQLite
import WriteKit

/// Finds what a user has sent; a migration step.
package let invitationsOfInviterSchema = """
    CREATE INDEX invitations_of_inviter ON invitations (invited_by, id);

    """

extension InvitationsUseCases {
    /// What is exported of a user.
    package static let exported = [
        invitations(
            "invitationsReceived", "invitations.email", "invitations_to_address",
            where: "email = ?1", email: true),
        invitations(
            "invitationsSent", "invitations.invited_by", "invitations_of_inviter",
            where: "invited_by = ?1"),
        ExportSection(
            "collaborations", covers: ["collaborators.user_id"], by: .text,
            """
            SELECT entity_id, entity_id, role, added_by, added_at FROM collaborators
            WHERE user_id = ?1 AND entity_id > ?2 ORDER BY entity_id LIMIT ?3
            """, .text("entityId"), .text("role"), .text("addedBy"), .time("addedAt")),
    ]

    private static func invitations(
        _ name: String, _ covered: String, _ index: SQL.Parts, where condition: SQL.Parts,
        email: Bool = false
    ) -> ExportSection {
        ExportSection(
            name, covers: [covered], by: .text, email: email,
            SQL(
                """
                SELECT id, id, entity_id, email, role, status, is_declined, invited_by, message,
                    locale, created_at, expires_at, accepted_at
                FROM invitations INDEXED BY \(index)
                WHERE \(condition) AND id > ?2 ORDER BY id LIMIT ?3
                """),
            .text("id"), .text("entityId"), .text("email"), .text("role"), .text("status"),
            .flag("declined"), .text("invitedBy"), .text("message"), .text("locale"),
            .time("createdAt"), .time("expiresAt"), .time("acceptedAt"))
    }
}
