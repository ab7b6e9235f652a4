import InvitationsContract
import Kernel

/// A caller's relation to an entity.
struct Standing: Sendable, Equatable {
    var isOwner = false
    var isCollaborator = false
    /// Whether anything else gives access to it.
    var isVisible = false
}

enum InvitationAction: Sendable, CaseIterable {
    /// Create, list, get, revoke and resend invitations.
    case manageInvitations
    case listCollaborators
    /// Other than the caller.
    case removeCollaborator
    case leave
    case seeAudit
}

/// Who can do what: the one place that decides it.
enum InvitationPolicy {
    /// - Throws: 404 if the caller can't see the entity, otherwise 403.
    static func authorize(_ action: InvitationAction, _ standing: Standing) throws(Fault) {
        guard standing.isOwner || standing.isCollaborator || standing.isVisible else {
            throw .notFound
        }
        switch action {
        case .manageInvitations, .removeCollaborator, .seeAudit:
            guard standing.isOwner else { throw Fault(InvitationProblems.ownerRequired) }
        case .listCollaborators:
            guard standing.isOwner || standing.isCollaborator else {
                throw Fault(InvitationProblems.ownerRequired)
            }
        case .leave:
            guard !standing.isOwner else { throw Fault(InvitationProblems.cannotRemoveSelf) }
            guard standing.isCollaborator else { throw .notFound }
        }
    }

    /// Only the entity's current owner can invite to it.
    /// - Parameter ownerId: nil if the entity was deleted.
    static func canInvite(_ inviter: String, ownerId: String?) -> Bool { inviter == ownerId }
}
