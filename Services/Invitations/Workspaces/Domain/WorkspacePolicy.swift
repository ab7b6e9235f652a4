import InvitationsContract
import Kernel

enum WorkspaceAction: CaseIterable {
    case see
    case listMembers
    /// The pending ones: all, or those that the caller sent (`seesAllInvitations`).
    case listInvitations
    case invite
    case rename
    case delete
    case transfer
    case changePermissions
    /// Other than the caller.
    case remove
    case leave
    case seeAudit
}

enum WorkspaceInvitationAction: CaseIterable {
    /// Accept or reject.
    case answer
    case changeExpiration
    case resend
    case withdraw
}

/// A caller's relation to an invitation.
struct WorkspaceInvitationStanding: Sendable, Equatable {
    /// The caller's address is the invited one.
    var isInvitee = false
    /// The caller sent it and is a member of the workspace.
    var isInviter = false
    /// The caller owns the workspace.
    var isOwner = false
}

/// Who can do what in workspaces: the one place that decides it.
enum WorkspacePolicy {
    /// - Parameter mine: the caller's permissions; nil if they aren't a member.
    /// - Throws: 404 if the caller isn't a member, 403 if they are and can't, 409 if an owner wants
    ///   to leave.
    static func authorize(
        _ action: WorkspaceAction, _ mine: WorkspacePermission?
    ) throws(Fault) {
        guard let mine else { throw .notFound }
        switch action {
        case .see, .listMembers, .listInvitations: return
        case .invite, .rename, .delete, .transfer, .changePermissions, .remove, .seeAudit:
            guard mine == .owner else { throw Fault(WorkspaceProblems.ownerRequired) }
        case .leave:
            guard mine != .owner else { throw Fault(WorkspaceProblems.ownerIsFixed) }
        }
    }

    /// Otherwise only those that the caller sent.
    static func seesAllInvitations(_ mine: WorkspacePermission) -> Bool { mine == .owner }

    /// - Throws: 404 if the caller can't see the invitation. Responding to an invitation to another
    ///   address is 403 for everybody: ids can't be guessed, so the caller was given this one.
    static func authorize(
        _ action: WorkspaceInvitationAction, _ standing: WorkspaceInvitationStanding
    ) throws(Fault) {
        switch action {
        case .answer:
            guard standing.isInvitee else { throw Fault(WorkspaceProblems.emailMismatch) }
        case .changeExpiration, .resend, .withdraw:
            if standing.isOwner || standing.isInviter { return }
            throw standing.isInvitee
                ? Fault(WorkspaceProblems.inviterOrOwnerRequired) : .notFound
        }
    }

    /// Nobody can give more than they have. Only the owner invites; an invitation stays valid while
    /// its inviter is a member with at least its permissions.
    /// - Parameter inviter: the inviter's permissions; nil if they are no longer a member.
    static func canGive(
        _ permissions: WorkspacePermission, having inviter: WorkspacePermission?
    ) -> Bool {
        guard let inviter else { return false }
        return permissions <= inviter
    }

    static func canReadEveryAudit(_ caller: Caller) -> Bool { caller.isAdmin }
}
