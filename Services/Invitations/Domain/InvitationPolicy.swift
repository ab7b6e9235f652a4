import Kernel

/// How a caller stands to an entity.
struct Standing: Sendable, Equatable {
    var isOwner = false
    var isCollaborator = false
    /// Whether anything else lets him see it.
    var isVisible = false
}

enum InvitationAction: Sendable, CaseIterable {
    /// Make, list, see, revoke and send invitations.
    case manageInvitations
    case listCollaborators
    /// Another than oneself.
    case removeCollaborator
    case leave
    case seeAudit
}

/// Who may do what: the one place that decides it.
enum InvitationPolicy {
    /// 404 for whom the entity does not exist; 403 for who sees it.
    static func authorize(_ action: InvitationAction, _ standing: Standing) throws(Fault) {
        guard standing.isOwner || standing.isCollaborator || standing.isVisible else {
            throw .notFound
        }
        switch action {
        case .manageInvitations, .removeCollaborator, .seeAudit:
            guard standing.isOwner else { throw ownerRequired }
        case .listCollaborators:
            guard standing.isOwner || standing.isCollaborator else { throw ownerRequired }
        case .leave:
            // The owner is the API's end of it: he hands the entity over first.
            guard !standing.isOwner else {
                throw Fault(
                    .conflict, code: "cannot_remove_self",
                    "You own the entity and can't remove yourself: transfer ownership first.")
            }
            guard standing.isCollaborator else { throw .notFound }
        }
    }

    private static let ownerRequired = Fault.forbidden(
        "entity_owner_required", "Only the owner of the entity may do this.")

    /// One rule says who may give what: nobody gives more than he has. Collaborating is what an
    /// owner has to give.
    /// - Parameter ownerId: the entity's owner now; nil if it is gone.
    static func mayInvite(_ inviter: String, ownerId: String?) -> Bool { inviter == ownerId }
}
