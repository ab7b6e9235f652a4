import Contract
import Kernel
import Mail
import Presentation

/// The mail about what others have shared with a user.
struct ShareLetters: Sendable {
    /// One share.
    struct Item: Sendable {
        let kind: SharedKind
        let share: StandingSharesReply.Share
        let givenBy: String
    }

    /// Things that a mail names; more are counted.
    private static let named = 20

    let look: MailLook
    /// Where nothing says which.
    let language: Language
    /// The product, or the console.
    let appURL: String
    /// Of the gateway.
    let publicURL: String

    /// What users wrote loses its links.
    /// - Parameters:
    ///   - items: at least one.
    ///   - givers: by id; one who was deleted is missing.
    ///   - token: stops such mails.
    func message(
        _ items: [Item], _ givers: [String: User], to user: User, at recipient: Mailbox,
        from sender: Mailbox, token: String
    ) -> MailMessage {
        let language = Language.choose([user.locale], else: language)
        let texts = language.texts
        let giver = Set(items.map(\.givenBy)).count == 1 ? givers[items[0].givenBy] : nil
        let name = giver.map { Unlinked.text($0.displayName) }
        let title =
            items.count == 1
            ? texts.shared(by: name, Unlinked.text(items[0].share.name))
            : texts.shared(by: name, count: items.count)
        let stop = "\(publicURL)\(Unsubscribing.path(token))"
        let letter = Letter(
            title, in: language, look,
            [.heading(title)] + shares(items, givers, texts) + [
                .button(texts.goOn(look.product), link: appURL, instruction: texts.seeShared),
                .note(texts.whyNotified(user.email)),
                .link(texts.stopNotifications, to: stop),
            ])
        return letter.message(
            from: sender, to: recipient,
            replyTo: giver.flatMap { Mailbox($0.email, name: Unlinked.text($0.displayName)) },
            unsubscribe: stop)
    }

    /// What each user shared.
    private func shares(
        _ items: [Item], _ givers: [String: User], _ texts: any Texts
    ) -> [Letter.Block] {
        var order: [String] = []
        for item in items.prefix(Self.named) where !order.contains(item.givenBy) {
            order.append(item.givenBy)
        }
        let blocks = order.flatMap { id -> [Letter.Block] in
            let given = items.prefix(Self.named).filter { $0.givenBy == id }
            let things = Letter.Block.list(
                given.map { item in
                    (name: Unlinked.text(item.share.name), note: texts.access(item.shown))
                })
            guard let user = givers[id] else { return [things] }
            let giver = "\(Unlinked.text(user.displayName)) (\(user.email))"
            return [.facts([(label: texts.sharedBy, value: giver)]), things]
        }
        guard items.count > Self.named else { return blocks }
        return blocks + [.paragraph(Phrase(texts.moreShared(items.count - Self.named)))]
    }
}

extension ShareLetters.Item {
    fileprivate var shown: SharedAs {
        switch kind {
        case .entity: .entity
        case .integration: .integration(level: share.level ?? 1)
        }
    }
}
