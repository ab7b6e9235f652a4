import Contract
import Kernel
import Mail
import Presentation
import SQLite

/// Sends the e-mails that contain invitations, and cancels them.
package struct InvitationOutbox: Sendable {
    private let outbox: MailOutbox
    private let sender: Mailbox
    /// The product's public URL; never taken from a request, whose headers can be forged.
    package let publicURL: String
    private let look: MailLook
    /// Where nothing says which.
    private let language: Language

    /// Where invitations can lead after the answer.
    package let returns: ReturnOrigins

    package init(
        _ outbox: MailOutbox, from sender: Mailbox, publicURL: String, _ brand: Brand,
        returns: ReturnOrigins = ReturnOrigins()
    ) {
        self.returns = returns
        look = MailLook(brand, publicURL: publicURL)
        language = brand.language
        self.outbox = outbox
        self.sender = sender
        self.publicURL = publicURL
    }

    /// Sends it and cancels its former e-mail if that is still pending.
    /// - Parameter locales: the first that we have texts in is the language.
    package func send(
        _ letter: InvitationLetter, in locales: [String?], with invitation: inout some Mailed,
        in tx: Transaction
    ) throws {
        guard let recipient = Mailbox(invitation.email) else {
            throw Fault.unexpected("an address that e-mail can't be sent to")
        }
        try Self.cancelPending(&invitation, in: tx)
        invitation.mailId = try outbox.add(
            letter.letter(in: .choose(locales, else: language), look)
                .message(from: sender, to: recipient, replyTo: letter.person),
            about: invitation.id,
            goodUntil: invitation.expiresAt, in: tx)
        invitation.delivery = .pending
    }

    /// Mails the inviter of an invitation that has ended that the invitee asks for a new one.
    package func sendRequest(
        of email: String, to inviter: UserProfile, for thing: String, in tx: Transaction
    ) throws {
        guard let recipient = Mailbox(inviter.email) else {
            throw Fault.unexpected("an address that e-mail can't be sent to")
        }
        let thing = Unlinked.text(thing)
        let language = Language.choose([inviter.locale], else: language)
        let texts = language.texts
        let subject = texts.requestSubject(email, thing)
        let letter = Letter(
            subject, in: language, look,
            [
                .heading(subject), .paragraph(texts.request(email, thing)),
                .note(texts.requestNote),
            ])
        try outbox.add(
            letter.message(from: sender, to: recipient, replyTo: Mailbox(email)), in: tx)
    }

    /// Why an e-mail failed or, while it is pending, why none can be sent.
    package func error(of delivery: MailDelivery) -> String? {
        delivery == .pending ? outbox.outage.current?.reason : delivery.reason
    }

    /// Cancels the pending e-mail of an invitation that has ended or is resent.
    package static func cancelPending(
        _ invitation: inout some Mailed, in tx: Transaction
    ) throws {
        guard invitation.delivery == .pending, let id = invitation.mailId,
            try MailOutbox.withdraw(id, in: tx)
        else { return }
        invitation.delivery = .failed(reason: "canceled before it was sent")
    }
}

extension MailDelivery {
    /// How an e-mail ended.
    package init(_ outcome: MailOutcome) {
        self = outcome.failure.map { .failed(reason: $0.reason) } ?? .sent
    }
}
