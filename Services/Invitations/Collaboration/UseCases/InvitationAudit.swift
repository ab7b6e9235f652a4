import Contract
import InvitationsContract
import Kernel
import WriteKit

/// Audit entries about whatever gives, changes or takes access. They are about the entity, whose
/// owner can read them.
extension AuditEvent {
    static func created(_ invitation: Invitation) -> AuditEvent {
        AuditEvent(
            "invitation.created", invitation.id, about: invitation.entityId,
            after: invitation.snapshot)
    }

    /// Accepted, expired or revoked.
    static func changed(_ before: Invitation, _ after: Invitation) -> AuditEvent {
        AuditEvent(
            "invitation.\(after.status.rawValue)", after.id, about: after.entityId,
            before: before.snapshot, after: after.snapshot)
    }

    static func resent(_ before: Invitation, _ after: Invitation) -> AuditEvent {
        AuditEvent(
            "invitation.resent", after.id, about: after.entityId, before: before.snapshot,
            after: after.snapshot)
    }

    static func added(_ collaborator: Collaborator) -> AuditEvent {
        AuditEvent(
            "collaborator.added", collaborator.userId, about: collaborator.entityId,
            after: collaborator.snapshot)
    }

    static func removed(_ collaborator: Collaborator) -> AuditEvent {
        AuditEvent(
            "collaborator.removed", collaborator.userId, about: collaborator.entityId,
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
