import Inviting

extension InvitationSecrets {
    /// Shows the invitation; responding also requires the invited address. Resending keeps it.
    func token(of invitation: WorkspaceInvitation) -> String {
        token(of: invitation.id, generation: 1)
    }

    func matches(_ token: String, _ invitation: WorkspaceInvitation) -> Bool {
        isToken(token, of: invitation.id, generation: 1, linkKey: invitation.linkKey)
    }
}
