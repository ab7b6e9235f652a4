import Kernel
import Mail

/// The text of the e-mail that contains an invitation.
package struct InvitationLetter {
    let subject: String
    let plain: String
    let html: HTML

    func message(from sender: Mailbox, to recipient: Mailbox) -> MailMessage {
        MailMessage(
            from: sender, to: recipient, subject: subject, text: plain, html: html.text)
    }

    /// What users wrote loses its links: the e-mail goes to people who know neither them nor us.
    /// - Parameters:
    ///   - message: the inviter's.
    ///   - place: the kind of thing, for the subject; ends with a space.
    ///   - terms: how long the link works.
    package init(
        from inviter: String, to thing: String, message: String? = nil, place: String = "",
        what: String, instruction: String, button: String, link: String, terms: String
    ) {
        let (inviter, thing) = (Unlinked.text(inviter), Unlinked.text(thing))
        let message = message.map(Unlinked.text)
        subject = "\(inviter) invites you to \(place)\(thing)"
        // Quoted, so that the inviter's lines can't pass for ours.
        let lines =
            message.map { text in
                text.split(separator: "\n", omittingEmptySubsequences: false)
                    .map { "\n> \($0)" }.joined() + "\n"
            } ?? ""
        plain = """
            \(inviter) invites you to \(what) \(thing).
            \(lines)
            \(instruction)

            \(link)

            \(terms)

            If you don't know \(inviter), you can ignore this e-mail.

            """
        let quote: HTML =
            message.map {
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
            <p><strong>\(inviter)</strong> invites you to \(what) \
            <strong>\(thing)</strong>.</p>
            \(quote)<p><a href="\(link)" style="display: inline-block; padding: 0.7em 1.4em; \
            background: #2f4bd8; color: #ffffff; text-decoration: none; border-radius: 6px">\
            \(button)</a></p>
            <p>\(terms)</p>
            <p style="color: #5b5b66">If you don't know \(inviter), you can ignore \
            this e-mail.</p>
            </body></html>

            """
    }
}

extension Timestamp {
    /// "6 December 2026", in UTC.
    package var day: String {
        let months = [
            "January", "February", "March", "April", "May", "June", "July", "August", "September",
            "October", "November", "December",
        ]
        let parts = rfc3339.prefix(10).split(separator: "-").compactMap { Int($0) }
        return "\(parts[2]) \(months[parts[1] - 1]) \(parts[0])"
    }
}
