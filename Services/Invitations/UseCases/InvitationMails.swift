import Contract
import InvitationsContract
import Kernel
import Mail
import SQLite

/// The mails that bring invitations, and the links in them.
struct InvitationMails: Sendable {
    let outbox: MailOutbox
    let sender: Mailbox
    /// Where people reach the product; never what a request says about itself.
    let publicURL: String

    func acceptURL(_ invitation: Invitation, _ secrets: InvitationSecrets) -> String {
        "\(publicURL)/invitations/accept?token=\(secrets.token(of: invitation))"
    }

    /// As the API shows it.
    func body(_ invitation: Invitation, _ secrets: InvitationSecrets) -> InvitationBody {
        InvitationBody(
            id: invitation.id, entityId: invitation.entityId, email: invitation.email,
            role: invitation.role.rawValue, status: invitation.status.rawValue,
            invitedBy: invitation.invitedBy, acceptURL: acceptURL(invitation, secrets),
            expiresAt: invitation.expiresAt, createdAt: invitation.createdAt,
            acceptedAt: invitation.acceptedAt,
            emailStatus: invitation.delivery.status.rawValue,
            emailError: invitation.delivery.reason)
    }

    /// Tells the owner of a webhook that it is told of nothing any more.
    func sendDisabled(_ webhook: Webhook, to owner: Person, in tx: Transaction) throws {
        guard let recipient = Mailbox(owner.email) else { return }
        let text = DisabledText(webhook)
        try outbox.add(
            MailMessage(
                from: sender, to: recipient, subject: text.subject, text: text.plain,
                html: text.html.text), about: webhook.id, in: tx)
    }

    /// Whoever is not invited any more, or gets another mail, need not get the one that waits.
    static func withdraw(_ invitation: inout Invitation, in tx: Transaction) throws {
        guard invitation.delivery == .pending, let id = invitation.mailId,
            try MailOutbox.withdraw(id, in: tx)
        else { return }
        invitation.delivery = .failed(reason: "it was withdrawn")
    }

    /// Writes down how a mail of an invitation ended.
    static func settle(_ mail: MailOutcome, in tx: Transaction) throws {
        try InvitationStore.settle(
            mail.id, as: mail.failure.map { .failed(reason: $0.reason) } ?? .sent, in: tx)
    }

    /// Mails it with a claim of its own, which replaces the one before.
    func send(
        _ invitation: inout Invitation, _ entityName: String, from inviter: Person,
        _ secrets: InvitationSecrets, _ random: any RandomSource, in tx: Transaction
    ) throws {
        guard let recipient = Mailbox(invitation.email) else {
            throw Fault.unexpected("an address that no mail can have")
        }
        try Self.withdraw(&invitation, in: tx)
        let claim = InvitationSecrets.makeClaim(of: invitation.id, random)
        invitation.claimDigest = InvitationSecrets.digest(claim)
        let text = InvitationText(
            invitation, entityName: entityName, inviterName: inviter.displayName,
            link: "\(publicURL)/invitations/claim?claim=\(claim)")
        invitation.mailId = try outbox.add(
            MailMessage(
                from: sender, to: recipient, subject: text.subject, text: text.plain,
                html: text.html.text), about: invitation.id, goodUntil: invitation.expiresAt,
            in: tx)
        invitation.delivery = .pending
    }
}

/// What the mail says.
struct InvitationText {
    let subject: String
    let plain: String
    let html: HTML

    init(_ invitation: Invitation, entityName: String, inviterName: String, link: String) {
        let what =
            switch invitation.role {
            case .collaborator: "work on"
            case .viewer: "look at"
            }
        let days = "\(invitation.expiresAt.rfc3339.prefix(10))"
        subject = "\(inviterName) invites you to \(entityName)"
        // Marked, so that no line of the inviter's passes for one of ours.
        let message =
            invitation.message.map { text in
                text.split(separator: "\n", omittingEmptySubsequences: false)
                    .map { "\n> \($0)" }.joined() + "\n"
            } ?? ""
        plain = """
            \(inviterName) invites you to \(what) \(entityName).
            \(message)
            To accept, open this link and press the button:

            \(link)

            The link is for you alone: whoever has it gets in as you. It is good for one use, \
            until \(days).

            If you don't know \(inviterName), you need not do anything.

            """
        let quote: HTML =
            invitation.message.map {
                """
                <blockquote style="margin: 1em 0; padding-left: 1em; \
                border-left: 3px solid #c8c8d0; white-space: pre-wrap">\($0)</blockquote>

                """
            } ?? ""
        html = """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1"></head>
            <body style="font-family: sans-serif; line-height: 1.5; color: #1b1b1f; \
            overflow-wrap: anywhere">
            <p><strong>\(inviterName)</strong> invites you to \(what) \
            <strong>\(entityName)</strong>.</p>
            \(quote)<p><a href="\(link)" style="display: inline-block; padding: 0.7em 1.4em; \
            background: #2f4bd8; color: #ffffff; text-decoration: none; border-radius: 6px">\
            Accept the invitation</a></p>
            <p>The link is for you alone: whoever has it gets in as you. It is good for one use, \
            until <span style="white-space: nowrap">\(days)</span>.</p>
            <p style="color: #5b5b66">If you don't know \(inviterName), you need not do \
            anything.</p>
            </body></html>

            """
    }
}
