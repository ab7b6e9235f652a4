import Contract
import Kernel

/// The changes of invitations to entities and of collaborators that the audit records.
public enum InvitationChange: String, AuditedChange {
    case created = "invitation.created"
    case accepted = "invitation.accepted"
    case expired = "invitation.expired"
    case revoked = "invitation.revoked"
    case resent = "invitation.resent"
    case requested = "invitation.requested"
    case collaboratorAdded = "collaborator.added"
    case collaboratorRemoved = "collaborator.removed"

    public var declaration: ChangeDeclaration {
        switch self {
        case .created: invitation("An invitation was sent.", InvitationEvents.sent)
        case .accepted: invitation("An invitee accepted an invitation.")
        case .expired: invitation("An invitation expired.")
        case .revoked: invitation("A pending invitation was revoked or declined.")
        case .resent: invitation("An invitation was sent again, and is pending.")
        case .requested:
            invitation(
                "An invitee asked for a new invitation, as theirs has ended; the inviter was "
                    + "mailed.")
        case .collaboratorAdded: collaborator("A collaborator was added.")
        case .collaboratorRemoved: collaborator("A collaborator was removed or left.")
        }
    }

    private func invitation(_ meaning: String, _ type: String? = nil) -> ChangeDeclaration {
        .change(meaning, of: "entity", data: InvitationEventData.self, as: type)
    }

    private func collaborator(_ meaning: String) -> ChangeDeclaration {
        .change(meaning, of: "entity", data: CollaboratorEventData.self)
    }
}
