import Contract
import InvitationsContract
import Inviting
import Kernel
import Mail
import SQLite

/// The e-mails that contain invitations to workspaces.
extension WorkspacesUseCases {
    /// Sends it, with the link to the page where the invitee signs in and responds, and cancels its
    /// former e-mail if that is still pending.
    func send(
        _ invitation: inout WorkspaceInvitation, to workspace: Workspace, from inviter: UserProfile,
        in tx: Transaction
    ) throws {
        let what =
            switch invitation.permissions {
            case .read: "view the workspace"
            case .write, .owner: "work in the workspace"
            }
        let letter = InvitationLetter(
            from: inviter.displayName, to: workspace.name, place: "the workspace ", what: what,
            instruction: "To accept or decline, open this link:", button: "View the invitation",
            link: "\(outbox.publicURL)/invitations/accept?token=\(secrets.token(of: invitation))",
            terms: "You'll sign in with a code that we send to this address. The invitation "
                + "expires on \(invitation.expiresAt.day).")
        try outbox.send(letter, with: &invitation, in: tx)
    }

    /// Stores how an e-mail ended, if it was one of an invitation to a workspace.
    package static func settle(_ mail: MailOutcome, in tx: Transaction) throws {
        try WorkspaceInvitationStore.settle(mail.id, as: MailDelivery(mail), in: tx)
    }
}
