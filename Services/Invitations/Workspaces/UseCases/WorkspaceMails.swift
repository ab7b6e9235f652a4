import Contract
import InvitationsContract
import Inviting
import Kernel
import Mail
import Presentation
import SQLite

/// The e-mails that contain invitations to workspaces.
extension WorkspacesUseCases {
    /// Sends it, with the link to the page where the invitee signs in and responds, and cancels its
    /// former e-mail if that is still pending.
    /// - Parameter invitee: if they have an account.
    func send(
        _ invitation: inout WorkspaceInvitation, to workspace: Workspace, from inviter: UserProfile,
        _ invitee: UserProfile?, in tx: Transaction
    ) throws {
        let role: InvitedAs =
            switch invitation.permissions {
            case .read: .reader
            case .write, .owner: .writer
            }
        let letter = InvitationLetter(
            from: inviter, to: workspace.name, as: role,
            link: "\(outbox.publicURL)/invitations/accept?token=\(secrets.token(of: invitation))",
            signsIn: false, expiresAt: invitation.expiresAt)
        try outbox.send(
            letter, in: [invitation.locale, invitee?.locale], with: &invitation, in: tx)
    }

    /// Stores how an e-mail ended, if it was one of an invitation to a workspace.
    package static func settle(_ mail: MailOutcome, in tx: Transaction) throws {
        try WorkspaceInvitationStore.settle(mail.id, as: MailDelivery(mail), in: tx)
    }
}
