import Contract
import InvitationsContract
import Kernel
import WriteKit

/// Audit entries about whatever gives, changes or takes access. They are about the workspace, whose
/// owner can read them.
extension AuditEvent {
    static func created(_ workspace: Workspace) -> AuditEvent {
        AuditEvent(
            "workspace.created", workspace.id, about: workspace.id, after: workspace.snapshot)
    }

    static func renamed(_ before: Workspace, _ after: Workspace) -> AuditEvent {
        changed("workspace.renamed", before, after)
    }

    static func transferred(_ before: Workspace, _ after: Workspace) -> AuditEvent {
        changed("workspace.handed_over", before, after)
    }

    private static func changed(
        _ action: String, _ before: Workspace, _ after: Workspace
    ) -> AuditEvent {
        AuditEvent(
            action, after.id, about: after.id, before: before.snapshot, after: after.snapshot)
    }

    static func deleted(_ workspace: Workspace) -> AuditEvent {
        AuditEvent(
            "workspace.deleted", workspace.id, about: workspace.id, before: workspace.snapshot)
    }

    static func added(_ member: WorkspaceMember) -> AuditEvent {
        AuditEvent(
            "workspace_member.added", member.userId, about: member.workspaceId,
            after: member.snapshot)
    }

    static func changed(_ before: WorkspaceMember, _ after: WorkspaceMember) -> AuditEvent {
        AuditEvent(
            "workspace_member.changed", after.userId, about: after.workspaceId,
            before: before.snapshot, after: after.snapshot)
    }

    static func removed(_ member: WorkspaceMember) -> AuditEvent {
        AuditEvent(
            "workspace_member.removed", member.userId, about: member.workspaceId,
            before: member.snapshot)
    }

    static func created(_ invitation: WorkspaceInvitation) -> AuditEvent {
        AuditEvent(
            "workspace_invitation.created", invitation.id, about: invitation.workspaceId,
            after: invitation.snapshot)
    }

    /// Accepted, rejected, expired or revoked.
    static func ended(
        _ before: WorkspaceInvitation, _ after: WorkspaceInvitation
    ) -> AuditEvent {
        changed("workspace_invitation.\(after.status.rawValue)", before, after)
    }

    static func resent(
        _ before: WorkspaceInvitation, _ after: WorkspaceInvitation
    ) -> AuditEvent {
        changed("workspace_invitation.resent", before, after)
    }

    static func expirationChanged(
        _ before: WorkspaceInvitation, _ after: WorkspaceInvitation
    ) -> AuditEvent {
        changed("workspace_invitation.expiration_changed", before, after)
    }

    private static func changed(
        _ action: String, _ before: WorkspaceInvitation, _ after: WorkspaceInvitation
    ) -> AuditEvent {
        AuditEvent(
            action, after.id, about: after.workspaceId, before: before.snapshot,
            after: after.snapshot)
    }
}

extension Workspace {
    fileprivate var snapshot: AuditEvent.Snapshot {
        ["name": .text(name), "ownerId": .text(ownerId), "externalId": .text(externalId)]
    }
}

extension WorkspaceMember {
    fileprivate var snapshot: AuditEvent.Snapshot {
        ["userId": .text(userId), "permissions": .text(permissions.rawValue)]
    }
}

extension WorkspaceInvitation {
    fileprivate var snapshot: AuditEvent.Snapshot {
        [
            "email": .text(email), "permissions": .text(permissions.rawValue),
            "status": .text(status.rawValue), "invitedBy": .text(invitedBy),
            "expirationDate": .text(expiresAt.rfc3339), "sentAt": .text(sentAt.rfc3339),
            "answeredBy": .text(answeredBy),
        ]
    }
}
