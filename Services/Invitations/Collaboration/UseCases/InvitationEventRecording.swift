import InvitationsContract
import Kernel
import SQLite
import WriteKit

/// The audit entries of invitations and collaborators with their events, for the entity's owner and
/// its organization.
extension InvitationsUseCases {
    /// Who receives the events of an entity, as it is known here.
    func audience(
        of entityId: String, _ owner: String, in tx: Transaction
    ) throws -> EventAudience {
        EventAudience(
            owner: owner,
            organization: try KnownEntityStore.find(entityId, in: tx)?.organizationId)
    }

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
