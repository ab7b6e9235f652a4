import Contract
import Kernel
import Mail
import SQLite

/// The e-mails that contain invitations to workspaces.
struct WorkspaceMails: Sendable {
    let outbox: MailOutbox
    let sender: Mailbox
    /// The product's public URL; never taken from a request, whose headers can be forged.
    let publicURL: String
    let secrets: InvitationSecrets

    /// Sends it and cancels its former e-mail if that is still pending.
    func send(
        _ invitation: inout WorkspaceInvitation, to workspace: Workspace, from inviter: UserProfile,
        in tx: Transaction
    ) throws {
        guard let recipient = Mailbox(invitation.email) else {
            throw Fault.unexpected("an address that e-mail can't be sent to")
        }
        try InvitationMails.cancelPending(&invitation, in: tx)
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
