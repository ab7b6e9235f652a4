import Kernel
import Mail

/// A mail in the product's look, made of blocks, with plain text that says the same.
public struct Letter: Sendable {
    /// A part of it, from top to bottom.
    public enum Block: Sendable {
        /// What the mail is about.
        case heading(String)
        case paragraph(Phrase)
        /// Text of less weight.
        case note(Phrase)
        /// Text of a user, marked so that it can't pass for ours.
        case quote(String)
        /// Labels and values. A label is short: it is not wrapped.
        case facts([(label: String, value: String)])
        /// Names, which users chose, with a note to each.
        case list([(name: String, note: String)])
        /// A code to type.
        case code(String)
        /// In plain text the instruction and the link; in HTML a button, with the link as text
        /// below.
        case button(String, link: String, instruction: String)
        /// A link of less weight.
        case link(String, to: String)
    }

    private let subject: String
    private let blocks: [Block]
    private let language: Language
    private let look: MailLook

    public init(_ subject: String, in language: Language, _ look: MailLook, _ blocks: [Block]) {
        self.subject = subject
        self.blocks = blocks
        self.language = language
        self.look = look
    }

    /// - Parameters:
    ///   - person: gets replies, if the mail is a person's.
    ///   - unsubscribe: address by which mail programs stop such mails.
    public func message(
        from sender: Mailbox, to recipient: Mailbox, replyTo person: Mailbox? = nil,
        unsubscribe: String? = nil
    ) -> MailMessage {
        MailMessage(
            from: sender, to: recipient, replyTo: person, unsubscribe: unsubscribe,
            subject: subject, text: plain, html: html.text)
    }

    // MARK: Plain text

    private var plain: String {
        let parts = blocks.map(plain) + [footer.map(\.text).joined(separator: "\n")]
        return parts.joined(separator: "\n\n") + "\n"
    }

    private func plain(_ block: Block) -> String {
        switch block {
        case .heading(let text): text
        case .paragraph(let phrase), .note(let phrase): phrase.text
        case .quote(let text):
            text.split(separator: "\n", omittingEmptySubsequences: false)
                .map { "> \($0)" }.joined(separator: "\n")
        case .facts(let facts):
            facts.map { "\($0.label): \($0.value)" }.joined(separator: "\n")
        case .list(let items):
            items.map { "\($0.name): \($0.note)" }.joined(separator: "\n")
        case .code(let code): "    \(code)"
        case .button(_, let link, let instruction): "\(instruction)\n\n\(link)"
        case .link(let label, let link): "\(label): \(link)"
        }
    }

    /// The product, and where to find help.
    private var footer: [(text: String, html: HTML)] {
        let (brand, texts) = (look.brand, language.texts)
        var lines: [(text: String, html: HTML)] = [
            brand.appURL.map { ("\(brand.name): \($0)", look.link($0, brand.name)) }
                ?? (brand.name, "\(brand.name)")
        ]
        if let email = brand.supportEmail {
            lines.append(
                (
                    "\(texts.help) \(email)",
                    "\(texts.help) \(look.link("mailto:\(email)", email))"
                ))
        }
        for (label, url) in [(texts.terms, brand.termsURL), (texts.privacy, brand.privacyURL)] {
            if let url { lines.append(("\(label): \(url)", look.link(url, label))) }
        }
        // A signature, which programs leave out of replies (RFC 3676 §4.3).
        lines[0].text = "-- \n" + lines[0].text
        return lines
    }

    // MARK: HTML

    private var html: HTML {
        look.page(
            subject, language.rawValue, blocks.map(html) + blocks.compactMap(fallback),
            footer: HTML(stringLiteral: footer.map(\.html.text).joined(separator: " · ")))
    }

    private func html(_ block: Block) -> HTML {
        switch block {
        case .heading(let text): look.heading(text)
        case .paragraph(let phrase): look.paragraph(phrase.html)
        case .note(let phrase): look.note(phrase.html)
        case .quote(let text): look.quote(text)
        case .facts(let facts): look.facts(facts)
        case .list(let items): look.list(items)
        case .code(let code): look.code(code)
        case .button(let label, let link, _): look.button(label, link)
        case .link(let label, let link): look.note(look.link(link, label))
        }
    }

    /// The link of a button as text, below all: for programs that show no button.
    private func fallback(_ block: Block) -> HTML? {
        guard case .button(_, let link, _) = block else { return nil }
        return look.fallback("\(language.texts.orOpen) \(look.link(link, link))")
    }
}
