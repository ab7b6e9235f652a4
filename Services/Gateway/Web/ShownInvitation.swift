import GatewayContract
import InvitationsContract

/// An invitation, and who sent it.
@dynamicMemberLookup
struct ShownInvitation: Sendable {
    let view: InvitationView
    /// nil if the user was deleted.
    let inviter: User?
    var inviterName: String? { inviter?.displayName }

    /// The accepted invitation, for the app; nil of one that isn't.
    var exchanged: ExchangedInvitationBody? {
        guard view.status == .accepted, let id else { return nil }
        return ExchangedInvitationBody(
            id: id, entityId: view.invitation?.entityId, workspaceId: view.workspaceId,
            name: view.name, email: view.email, invitedBy: view.inviterId)
    }

    var id: String? { view.invitation?.id ?? view.workspaceInvitationId }

    subscript<T>(dynamicMember path: KeyPath<InvitationView, T>) -> T { view[keyPath: path] }
}
