import Contract
import Kernel

/// The changes of workspaces that the audit records.
public enum WorkspaceChange: String, AuditedChange {
    case created = "workspace.created"
    case renamed = "workspace.renamed"
    case transferred = "workspace.handed_over"
    case deleted = "workspace.deleted"
    case memberAdded = "workspace_member.added"
    case memberChanged = "workspace_member.changed"
    case memberRemoved = "workspace_member.removed"
    case invitationCreated = "workspace_invitation.created"
    case invitationAccepted = "workspace_invitation.accepted"
    case invitationRejected = "workspace_invitation.rejected"
    case invitationExpired = "workspace_invitation.expired"
    case invitationRevoked = "workspace_invitation.revoked"
    case invitationResent = "workspace_invitation.resent"
    case invitationRequested = "workspace_invitation.requested"
    case expirationChanged = "workspace_invitation.expiration_changed"

    public var declaration: ChangeDeclaration {
        switch self {
        case .created:
            .change(
                "A workspace was created; its owner is its first member.",
                shows: WorkspaceState.self)
        case .renamed:
            .change("A workspace's name or external id changed.", shows: WorkspaceState.self)
        case .transferred:
            .change(
                "The ownership of a workspace was transferred; for the new owner.",
                shows: WorkspaceState.self)
        case .deleted:
            .change(
                "A workspace was deleted. Its other members have events of their own.",
                shows: WorkspaceState.self)
        case .memberAdded:
            .said(
                by: WorkspaceEvents.accepted, of: "workspace",
                data: WorkspaceInvitationEventData.self)
        case .memberChanged:
            .change(
                "A member's permissions changed; sent for both owners when ownership is "
                    + "transferred.", of: "workspace", data: WorkspaceMemberEventData.self,
                as: WorkspaceEvents.permissionsChanged)
        case .memberRemoved:
            .change(
                "A member was removed or left.", of: "workspace",
                data: WorkspaceMemberEventData.self, as: WorkspaceEvents.memberRemoved)
        case .invitationCreated:
            invitation("An invitation to a workspace was sent.", WorkspaceEvents.sent)
        case .invitationAccepted:
            invitation(
                "An invitee accepted an invitation and is now a member.", WorkspaceEvents.accepted)
        case .invitationRejected:
            invitation("An invitee rejected an invitation.", WorkspaceEvents.rejected)
        case .invitationExpired: invitation("An invitation expired.", WorkspaceEvents.expired)
        case .invitationRevoked:
            invitation(
                "A pending invitation was revoked, also because its sender lost the permissions.",
                WorkspaceEvents.revoked)
        case .invitationResent:
            invitation("A pending invitation was sent again.", WorkspaceEvents.resent)
        case .invitationRequested:
            invitation(
                "An invitee asked for a new invitation, as theirs has ended; the inviter was "
                    + "mailed.", WorkspaceEvents.requested)
        case .expirationChanged:
            invitation(
                "The expiration date of a pending invitation changed.",
                WorkspaceEvents.expirationChanged)
        }
    }

    private func invitation(_ meaning: String, _ type: String) -> ChangeDeclaration {
        .change(meaning, of: "workspace", data: WorkspaceInvitationEventData.self, as: type)
    }
}

public enum WorkspaceState: AuditedState {
    public static let meaning = "A workspace."

    public static let members = [
        StateMember("name", "The workspace's name.", example: "Research"),
        StateMember("ownerId", "The owner's user id.", .id(like: "usr_")),
        .externalId(of: "workspace"),
    ]
}
