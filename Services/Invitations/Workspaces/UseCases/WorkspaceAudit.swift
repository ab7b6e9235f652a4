import Contract
import InvitationsContract
import Kernel
import WriteKit

/// Audit entries about whatever gives, changes or takes access. They are about the workspace, whose
/// owner can read them and receives the events.
extension AuditEvent {
    static func created(_ workspace: Workspace) -> AuditEvent {
        entry(.created, workspace, after: workspace.snapshot)
    }

    static func renamed(_ before: Workspace, _ after: Workspace) -> AuditEvent {
        entry(.renamed, after, before: before.snapshot, after: after.snapshot)
    }

    /// For the new owner.
    static func transferred(_ before: Workspace, _ after: Workspace) -> AuditEvent {
        entry(.transferred, after, before: before.snapshot, after: after.snapshot)
    }

    static func deleted(_ workspace: Workspace) -> AuditEvent {
        entry(.deleted, workspace, before: workspace.snapshot)
    }

    private static func entry(
        _ change: WorkspaceChange, _ workspace: Workspace, before: Snapshot? = nil,
        after: Snapshot? = nil
    ) -> AuditEvent {
        AuditEvent(
            change, workspace.id, about: workspace.id, for: workspace.audience, before: before,
            after: after)
    }

    // MARK: Members

    static func added(_ member: WorkspaceMember, in workspace: Workspace) -> AuditEvent {
        entry(.memberAdded, member.userId, in: workspace, after: member.snapshot)
    }

    static func changed(
        _ before: WorkspaceMember, _ after: WorkspaceMember, in workspace: Workspace,
        alsoFor formerOwner: String? = nil
    ) -> AuditEvent {
        AuditEvent(
            WorkspaceChange.memberChanged, after.userId, of: workspace.id, about: workspace.id,
            for: EventAudience(owners: [workspace.ownerId] + (formerOwner.map { [$0] } ?? [])),
            before: before.snapshot, after: after.snapshot)
    }

    static func removed(_ member: WorkspaceMember, in workspace: Workspace) -> AuditEvent {
        entry(.memberRemoved, member.userId, in: workspace, before: member.snapshot)
    }

    // MARK: Invitations

    static func created(
        _ invitation: WorkspaceInvitation, in workspace: Workspace
    ) -> AuditEvent {
        entry(.invitationCreated, invitation.id, in: workspace, after: invitation.snapshot)
    }

    /// Accepted, rejected, expired or revoked.
    static func ended(
        _ before: WorkspaceInvitation, _ after: WorkspaceInvitation, in workspace: Workspace
    ) -> AuditEvent {
        let change: WorkspaceChange =
            switch after.status {
            case .accepted: .invitationAccepted
            case .rejected: .invitationRejected
            case .expired: .invitationExpired
            case .revoked, .pending: .invitationRevoked
            }
        return entry(
            change, after.id, in: workspace, before: before.snapshot, after: after.snapshot)
    }

    static func resent(
        _ before: WorkspaceInvitation, _ after: WorkspaceInvitation, in workspace: Workspace
    ) -> AuditEvent {
        entry(
            .invitationResent, after.id, in: workspace, before: before.snapshot,
            after: after.snapshot)
    }

    /// The invitee asked for a new one.
    static func requested(
        _ before: WorkspaceInvitation, _ after: WorkspaceInvitation, in workspace: Workspace
    ) -> AuditEvent {
        entry(
            .invitationRequested, after.id, in: workspace, before: before.request,
            after: after.request)
    }

    static func expirationChanged(
        _ before: WorkspaceInvitation, _ after: WorkspaceInvitation, in workspace: Workspace
    ) -> AuditEvent {
        entry(
            .expirationChanged, after.id, in: workspace, before: before.snapshot,
            after: after.snapshot)
    }

    private static func entry(
        _ change: WorkspaceChange, _ subjectId: String, in workspace: Workspace,
        before: Snapshot? = nil, after: Snapshot? = nil
    ) -> AuditEvent {
        AuditEvent(
            change, subjectId, of: workspace.id, about: workspace.id, for: workspace.audience,
            before: before, after: after)
    }
}

extension Workspace {
    fileprivate var audience: EventAudience { EventAudience(owner: ownerId) }

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

    /// What asking for a new one changes.
    fileprivate var request: AuditEvent.Snapshot {
        ["email": .text(email), "requestedAt": .text(askedAt?.rfc3339)]
    }
}
