import Contract
import InvitationsContract
import Kernel
import Mail
import SQLite

/// The e-mails that contain invitations, and the links in them.
struct InvitationMails: Sendable {
    let outbox: MailOutbox
    let sender: Mailbox
    /// The product's public URL; never taken from a request, whose headers can be forged.
    let publicURL: String

    func acceptURL(_ invitation: Invitation, _ secrets: InvitationSecrets) -> String {
        "\(publicURL)/invitations/accept?token=\(secrets.token(of: invitation))"
    }

    /// As the API shows it.
    func body(
        _ invitation: Invitation, _ secrets: InvitationSecrets, showsLink: Bool = true
    ) -> InvitationBody {
        InvitationBody(
            id: invitation.id, entityId: invitation.entityId, email: invitation.email,
            role: invitation.role, status: invitation.status,
            invitedBy: invitation.invitedBy,
            acceptURL: showsLink ? acceptURL(invitation, secrets) : nil,
            expiresAt: invitation.expiresAt, createdAt: invitation.createdAt,
            acceptedAt: invitation.acceptedAt,
            emailStatus: invitation.delivery.status,
            emailError: invitation.delivery.reason)
    }

    /// Notifies the owner that we have disabled the webhook.
    func sendDisabled(_ webhook: Webhook, to owner: UserProfile, in tx: Transaction) throws {
        guard let recipient = Mailbox(owner.email) else { return }
        let text = DisabledText(webhook)
        try outbox.add(
            MailMessage(
                from: sender, to: recipient, subject: text.subject, text: text.plain,
                html: text.html.text), about: webhook.id, in: tx)
    }

    /// Cancels the pending e-mail of an invitation that has ended or is resent.
    static func cancelPending(_ invitation: inout some Mailed, in tx: Transaction) throws {
        guard invitation.delivery == .pending, let id = invitation.mailId,
            try MailOutbox.withdraw(id, in: tx)
        else { return }
        invitation.delivery = .failed(reason: "canceled before it was sent")
    }

    /// Stores how an e-mail of an invitation of either kind ended.
    static func settle(_ mail: MailOutcome, in tx: Transaction) throws {
        let delivery: MailDelivery = mail.failure.map { .failed(reason: $0.reason) } ?? .sent
        try InvitationStore.settle(mail.id, as: delivery, in: tx)
        try WorkspaceInvitationStore.settle(mail.id, as: delivery, in: tx)
    }

    /// Sends it with a new claim, which replaces the former one.
    func send(
        _ invitation: inout Invitation, _ entityName: String, from inviter: UserProfile,
        _ secrets: InvitationSecrets, _ random: any RandomSource, in tx: Transaction
    ) throws {
        guard let recipient = Mailbox(invitation.email) else {
            throw Fault.unexpected("an address that e-mail can't be sent to")
        }
        try Self.cancelPending(&invitation, in: tx)
        let claim = InvitationSecrets.makeClaim(of: invitation.id, random)
        invitation.claimDigest = InvitationSecrets.digest(claim)
        let letter = InvitationLetter(
            to: entityName, as: invitation.role, from: inviter.displayName, invitation.message,
            link: "\(publicURL)/invitations/claim?claim=\(claim)",
            until: invitation.expiresAt)
        invitation.mailId = try outbox.add(
            letter.message(from: sender, to: recipient), about: invitation.id,
            goodUntil: invitation.expiresAt, in: tx)
        invitation.delivery = .pending
    }
}
