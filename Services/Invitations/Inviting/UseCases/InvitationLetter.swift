import Contract
import Kernel
import Mail
import Presentation

/// The e-mail that contains an invitation.
package struct InvitationLetter: Sendable {
    /// Nil if the user was deleted.
    private let inviter: String?
    private let address: String
    private let thing: String
    private let role: InvitedAs
    private let message: String?
    private let link: String
    private let signsIn: Bool
    private let expiresAt: Timestamp

    /// What users wrote loses its links: the e-mail goes to people who know neither them nor us.
    /// - Parameters:
    ///   - message: the inviter's.
    ///   - signsIn: whether the link does.
    package init(
        from inviter: UserProfile, to thing: String, as role: InvitedAs, message: String? = nil,
        link: String, signsIn: Bool, expiresAt: Timestamp
    ) {
        let isKnown = !inviter.displayName.isEmpty
        self.inviter = isKnown ? Unlinked.text(inviter.displayName) : nil
        address = inviter.email
        self.thing = Unlinked.text(thing)
        self.message = message.map(Unlinked.text)
        self.role = role
        self.link = link
        self.signsIn = signsIn
        self.expiresAt = expiresAt
    }

    /// Who gets replies; nil if the user was deleted.
    var person: Mailbox? { inviter.flatMap { Mailbox(address, name: $0) } }

    func letter(in language: Language, _ look: MailLook) -> Letter {
        let (texts, day) = (language.texts, language.day(expiresAt))
        return Letter(
            texts.invitationSubject(inviter, thing, as: role), in: language, look,
            [.heading(texts.invites(inviter, to: thing, as: role))]
                + (message.map { [.quote($0)] } ?? [])
                + [
                    .facts(
                        (inviter.map { [(texts.invitedBy, "\($0) (\(address))")] } ?? [])
                            + [(texts.roleLabel, texts.role(role)), (texts.expiresLabel, day)]),
                    .button(texts.viewButton, link: link, instruction: texts.instruction),
                    .paragraph(
                        signsIn ? texts.acceptTerms(until: day) : texts.viewTerms(until: day)),
                    .note(texts.ignore(inviter)),
                ])
    }
}
