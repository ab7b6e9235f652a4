import InvitationsContract
import Kernel
import SQLite
import WriteKit

/// The audit entries of invitations and collaborators with their events, for the entity's owner.
extension InvitationsUseCases {
    /// - Parameter invitation: as it is after the change.
    func record(
        _ entry: AuditEvent, of invitation: Invitation, by caller: Caller?, in tx: Transaction
    ) throws {
        let data = InvitationEventData(
            invitationId: invitation.id, entityId: invitation.entityId, email: invitation.email,
            role: invitation.role, status: invitation.status,
            invitedBy: invitation.invitedBy, expiresAt: invitation.expiresAt,
            emailSent: invitation.mailId != nil, userId: invitation.acceptedBy)
        try audit.record(entry.saying(data), by: caller, in: tx)
    }

    func record(
        _ entry: AuditEvent, of collaborator: Collaborator, by caller: Caller?, in tx: Transaction
    ) throws {
        let data = CollaboratorEventData(
            entityId: collaborator.entityId, userId: collaborator.userId,
            role: collaborator.role)
        try audit.record(entry.saying(data), by: caller, in: tx)
    }
}
