import Contract
import InvitationsContract
import Kernel
import WriteKit

/// Audit entries about whatever gives, changes or takes access. They are about the entity, whose
/// owner can read them; the owner and the entity's organization receive the events.
extension AuditEvent {
    static func created(_ invitation: Invitation, for audience: EventAudience) -> AuditEvent {
        entry(.created, invitation, for: audience, after: invitation.snapshot)
    }

    /// Accepted, expired or revoked.
    static func ended(_ before: Invitation, _ after: Invitation, for audience: EventAudience)
        -> AuditEvent
    {
        let change: InvitationChange =
            switch after.status {
            case .accepted: .accepted
            case .expired: .expired
            case .revoked, .pending: .revoked
            }
        return entry(
            change, after, for: audience, before: before.snapshot, after: after.snapshot)
    }

    static func resent(_ before: Invitation, _ after: Invitation, for audience: EventAudience)
        -> AuditEvent
    {
        entry(.resent, after, for: audience, before: before.snapshot, after: after.snapshot)
    }

    /// The invitee asked for a new one.
    static func requested(_ before: Invitation, _ after: Invitation, for audience: EventAudience)
        -> AuditEvent
    {
        entry(.requested, after, for: audience, before: before.request, after: after.request)
    }

    private static func entry(
        _ change: InvitationChange, _ invitation: Invitation, for audience: EventAudience,
        before: Snapshot? = nil, after: Snapshot? = nil
    ) -> AuditEvent {
        AuditEvent(
            change, invitation.id, of: invitation.entityId, about: invitation.entityId,
            for: audience, before: before, after: after)
    }

    static func added(_ collaborator: Collaborator, for audience: EventAudience) -> AuditEvent {
        AuditEvent(
            InvitationChange.collaboratorAdded, collaborator.userId, of: collaborator.entityId,
            about: collaborator.entityId, for: audience,
            after: collaborator.snapshot)
    }

    static func removed(_ collaborator: Collaborator, for audience: EventAudience) -> AuditEvent {
        AuditEvent(
            InvitationChange.collaboratorRemoved, collaborator.userId, of: collaborator.entityId,
            about: collaborator.entityId, for: audience,
            before: collaborator.snapshot)
    }
}

extension Invitation {
    fileprivate var snapshot: AuditEvent.Snapshot {
        [
            "email": .text(email), "role": .text(role.rawValue), "status": .text(status.rawValue),
            "invitedBy": .text(invitedBy), "expiresAt": .text(expiresAt.rfc3339),
            "acceptedBy": .text(acceptedBy), "declined": .bool(isDeclined),
        ]
    }

    /// What asking for a new one changes.
    fileprivate var request: AuditEvent.Snapshot {
        ["email": .text(email), "requestedAt": .text(askedAt?.rfc3339)]
    }
}

extension Collaborator {
    fileprivate var snapshot: AuditEvent.Snapshot {
        ["userId": .text(userId), "role": .text(role.rawValue)]
    }
}
