import Contract
import InvitationsContract
import Kernel
import WriteKit

/// Audit entries about whatever gives, changes or takes access. They are about the entity, whose
/// owner can read them and receives the events.
extension AuditEvent {
    static func created(_ invitation: Invitation, for owner: String) -> AuditEvent {
        entry(.created, invitation, for: owner, after: invitation.snapshot)
    }

    /// Accepted, expired or revoked.
    static func ended(_ before: Invitation, _ after: Invitation, for owner: String) -> AuditEvent {
        let change: InvitationChange =
            switch after.status {
            case .accepted: .accepted
            case .expired: .expired
            case .revoked, .pending: .revoked
            }
        return entry(
            change, after, for: owner, before: before.snapshot, after: after.snapshot)
    }

    static func resent(_ before: Invitation, _ after: Invitation, for owner: String) -> AuditEvent {
        entry(.resent, after, for: owner, before: before.snapshot, after: after.snapshot)
    }

    private static func entry(
        _ change: InvitationChange, _ invitation: Invitation, for owner: String,
        before: Snapshot? = nil, after: Snapshot? = nil
    ) -> AuditEvent {
        AuditEvent(
            change, invitation.id, of: invitation.entityId, about: invitation.entityId,
            for: EventAudience(owner: owner), before: before, after: after)
    }

    static func added(_ collaborator: Collaborator, for owner: String) -> AuditEvent {
        AuditEvent(
            InvitationChange.collaboratorAdded, collaborator.userId, of: collaborator.entityId,
            about: collaborator.entityId, for: EventAudience(owner: owner),
            after: collaborator.snapshot)
    }

    static func removed(_ collaborator: Collaborator, for owner: String) -> AuditEvent {
        AuditEvent(
            InvitationChange.collaboratorRemoved, collaborator.userId, of: collaborator.entityId,
            about: collaborator.entityId, for: EventAudience(owner: owner),
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
}

extension Collaborator {
    fileprivate var snapshot: AuditEvent.Snapshot {
        ["userId": .text(userId), "role": .text(role.rawValue)]
    }
}
