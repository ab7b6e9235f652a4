import InvitationsContract
import Presentation

extension Webhook {
    /// The e-mail about a webhook that we have disabled.
    func disabledLetter(in language: Language, _ look: MailLook) -> Letter {
        let texts = language.texts
        let reason: WebhookEnd =
            switch disabledReason {
            case .gone: .gone
            case .notPermitted: scope == .platform ? .noLongerAdmin : .noLongerInOrganization
            case .failing, nil: .failing(days: WebhookLimits.failingDays)
            }
        return Letter(
            texts.webhookDisabled, in: language, look,
            [
                .heading(texts.webhookDisabled), .facts([("URL", shownURL)]),
                .paragraph(texts.webhookDisabled(id, because: reason)),
                .paragraph(
                    texts.webhookRemedy(id)
                        + texts.webhookEventsKept(days: WebhookLimits.keptDays)),
            ])
    }
}
