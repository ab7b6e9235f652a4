import Collaboration
import PublicEvents
import Workspaces
import WriteKit

/// What this context has of a user.
enum ExportedData {
    static let all = UserExport(
        InvitationsUseCases.exported + WorkspacesUseCases.exported + WebhooksUseCases.exported
            + [.offboardings],
        left: [
            "invitations.accepted_by": "invitations to the user's address are exported",
            "collaborators.added_by": "about another collaborator; the user's part is in auditBy",
            "sendings.inviter": "how many invitations were sent, for a day",
            "known_entities.owner_id": "a copy of what the entities service exports",
            "workspace_invitations.answered_by": "invitations to the user's address are exported",
            "workspaces.created_by": "for whose quota it counts; the creation is in auditBy",
            "events.recipient": "says what the audit of all services says",
            "events.actor_id": "says what the audit of all services says",
            "events.acting_id": "says what the audit of all services says",
        ])
}
