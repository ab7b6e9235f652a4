import Contract
import Inviting
import Kernel
import Mail
import SQLite

/// The e-mails that contain invitations to workspaces.
struct WorkspaceMails: Sendable {
    let outbox: InvitationOutbox
    let secrets: InvitationSecrets

    /// Sends it and cancels its former e-mail if that is still pending.
    func send(
        _ invitation: inout WorkspaceInvitation, to workspace: Workspace, from inviter: UserProfile,
        in tx: Transaction
    ) throws {
        let letter = InvitationLetter(
            toWorkspace: workspace.name, giving: invitation.permissions,
            from: inviter.displayName,
            link: "\(outbox.publicURL)/invitations/accept?token=\(secrets.token(of: invitation))",
            until: invitation.expiresAt)
        try outbox.send(letter, with: &invitation, in: tx)
    }
}

extension WorkspacesUseCases {
    /// Stores how an e-mail ended, if it was one of an invitation to a workspace.
    package static func settle(_ mail: MailOutcome, in tx: Transaction) throws {
        try WorkspaceInvitationStore.settle(mail.id, as: MailDelivery(mail), in: tx)
    }
}
