import Kernel

enum WorkspaceAction: CaseIterable {
    case see
    case listMembers
    /// The pending ones: all, or those that he sent (`seesAllInvitations`).
    case listInvitations
    case invite
    case rename
    case delete
    case handOver
    case changePermissions
    /// Another than oneself.
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

/// How a caller stands to an invitation.
struct WorkspaceInvitationStanding: Sendable, Equatable {
    /// His address is the invited one.
    var isInvitee = false
    /// He sent it, and is in the workspace.
    var isInviter = false
    /// He owns the workspace.
    var isOwner = false
}

/// Who may do what in workspaces: the one place that decides it.
enum WorkspacePolicy {
    /// - Parameter mine: what the caller has; nil if he is not in it.
    /// - Throws: 404 for who is not in the workspace; 403 for who is and may not; 409 for an owner
    ///   who would leave.
    static func authorize(
        _ action: WorkspaceAction, _ mine: WorkspacePermission?
    ) throws(Fault) {
        guard let mine else { throw .notFound }
        switch action {
        case .see, .listMembers, .listInvitations: return
        case .invite, .rename, .delete, .handOver, .changePermissions, .remove, .seeAudit:
            guard mine == .owner else { throw ownerRequired }
        case .leave:
            guard mine != .owner else { throw Workspace.ownerIsFixed }
        }
    }

    /// Or those alone that he sent.
    static func seesAllInvitations(_ mine: WorkspacePermission) -> Bool { mine == .owner }

    /// - Throws: 404 for whom the invitation does not exist. Answering for another is 403,
    ///   whoever tries: to know an invitation's id is to have been told of it.
    static func authorize(
        _ action: WorkspaceInvitationAction, _ standing: WorkspaceInvitationStanding
    ) throws(Fault) {
        switch action {
        case .answer:
            guard standing.isInvitee else { throw emailMismatch }
        case .changeExpiration, .resend, .withdraw:
            if standing.isOwner || standing.isInviter { return }
            throw standing.isInvitee ? inviterRequired : .notFound
        }
    }

    /// One rule says who may give what: nobody gives more than he has. Only the owner invites, and
    /// what he has sent stays good while he is in the workspace and has as much himself.
    /// - Parameter inviter: what who sent it has; nil if he is out.
    static func mayGive(
        _ permissions: WorkspacePermission, having inviter: WorkspacePermission?
    ) -> Bool {
        guard let inviter else { return false }
        return permissions <= inviter
    }

    static func readsEveryAudit(_ caller: Caller) -> Bool { caller.isAdmin }

    static let emailMismatch = Fault.forbidden(
        "email_mismatch",
        "userEmail must be your own address, and the one that the invitation is for.")
    private static let ownerRequired = Fault.forbidden(
        "workspace_owner_required", "Only the owner of the workspace may do this.")
    private static let inviterRequired = Fault.forbidden(
        "inviter_or_owner_required",
        "Only who sent the invitation or the owner of the workspace may do this.")
}
