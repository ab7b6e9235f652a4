import Contract
import Kernel
import Mail
import SQLite

/// The mails that bring invitations to workspaces.
struct WorkspaceMails: Sendable {
    let outbox: MailOutbox
    let sender: Mailbox
    /// Where people reach the product; never what a request says about itself.
    let publicURL: String
    let secrets: InvitationSecrets

    /// Mails it once more, in place of the mail that may still wait.
    func send(
        _ invitation: inout WorkspaceInvitation, to workspace: Workspace, from inviter: UserProfile,
        in tx: Transaction
    ) throws {
        guard let recipient = Mailbox(invitation.email) else {
            throw Fault.unexpected("an address that no mail can have")
        }
        try InvitationMails.withdraw(&invitation, in: tx)
        let letter = InvitationLetter(
            toWorkspace: workspace.name, giving: invitation.permissions,
            from: inviter.displayName,
            link: "\(publicURL)/invitations/accept?token=\(secrets.token(of: invitation))",
            until: invitation.expiresAt)
        invitation.mailId = try outbox.add(
            letter.message(from: sender, to: recipient), about: invitation.id,
            goodUntil: invitation.expiresAt, in: tx)
        invitation.delivery = .pending
    }
}
