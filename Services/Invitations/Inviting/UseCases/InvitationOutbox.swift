import Kernel
import Mail
import SQLite

/// Sends the e-mails that contain invitations, and cancels them.
package struct InvitationOutbox: Sendable {
    private let outbox: MailOutbox
    private let sender: Mailbox
    /// The product's public URL; never taken from a request, whose headers can be forged.
    package let publicURL: String

    package init(_ outbox: MailOutbox, from sender: Mailbox, publicURL: String) {
        self.outbox = outbox
        self.sender = sender
        self.publicURL = publicURL
    }

    /// Sends it and cancels its former e-mail if that is still pending.
    package func send(
        _ letter: InvitationLetter, with invitation: inout some Mailed, in tx: Transaction
    ) throws {
        guard let recipient = Mailbox(invitation.email) else {
            throw Fault.unexpected("an address that e-mail can't be sent to")
        }
        try Self.cancelPending(&invitation, in: tx)
        invitation.mailId = try outbox.add(
            letter.message(from: sender, to: recipient), about: invitation.id,
            goodUntil: invitation.expiresAt, in: tx)
        invitation.delivery = .pending
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
