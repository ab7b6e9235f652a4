import InvitationsContract
import Kernel
import PublicEvents
import SQLite

/// The events of invitations and collaborators, for the entity's owner.
extension InvitationsUseCases {
    enum InvitationEvent {
        case sent
        case accepted
        case expired
        case revoked

        fileprivate var type: String {
            switch self {
            case .sent: InvitationEvents.sent
            case .accepted: InvitationEvents.accepted
            case .expired: InvitationEvents.expired
            case .revoked: InvitationEvents.revoked
            }
        }
    }

    private var recorder: EventRecorder { EventRecorder(ids: ids, silenced: silenced) }

    /// - Parameter owner: the entity's, who receives the event.
    func emit(
        _ event: InvitationEvent, of invitation: Invitation, to owner: String,
        in tx: Transaction
    ) throws {
        let data = InvitationEventData(
            invitationId: invitation.id, entityId: invitation.entityId, email: invitation.email,
            role: invitation.role, status: invitation.status,
            invitedBy: invitation.invitedBy, expiresAt: invitation.expiresAt,
            emailSent: invitation.mailId != nil, userId: invitation.acceptedBy)
        try recorder.record(event.type, data, about: invitation.entityId, to: owner, in: tx)
    }

    func emit(
        added collaborator: Collaborator, to owner: String, in tx: Transaction
    ) throws {
        try emit(InvitationEvents.collaboratorAdded, of: collaborator, to: owner, in: tx)
    }

    func emit(
        removed collaborator: Collaborator, to owner: String, in tx: Transaction
    ) throws {
        try emit(InvitationEvents.collaboratorRemoved, of: collaborator, to: owner, in: tx)
    }

    private func emit(
        _ type: String, of collaborator: Collaborator, to owner: String, in tx: Transaction
    ) throws {
        let data = CollaboratorEventData(
            entityId: collaborator.entityId, userId: collaborator.userId,
            role: collaborator.role)
        try recorder.record(type, data, about: collaborator.entityId, to: owner, in: tx)
    }
}
