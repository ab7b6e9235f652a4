import Kernel
import Mail

/// What the mail says that brings an invitation.
struct InvitationLetter {
    let subject: String
    let plain: String
    let html: HTML

    /// To collaborate on an entity, with the link that lets the invitee in.
    init(
        to entityName: String, as role: CollaboratorRole, from inviter: String,
        _ message: String?, link: String, until: Timestamp
    ) {
        let what =
            switch role {
            case .collaborator: "work on"
            case .viewer: "look at"
            }
        self.init(
            Quoted(inviter: inviter, thing: entityName, message: message), place: "", what: what,
            instruction: "To accept, open this link and press the button:",
            button: "Accept the invitation", link: link,
            terms: "The link is for you alone: whoever has it gets in as you. It is good for one "
                + "use, until", day: Self.day(until))
    }

    /// To a workspace, with the link that shows it to who has proved to have the mailbox.
    init(
        toWorkspace name: String, giving permissions: WorkspacePermission, from inviter: String,
        link: String, until: Timestamp
    ) {
        let what =
            switch permissions {
            case .read: "look into the workspace"
            case .write, .owner: "work in the workspace"
            }
        self.init(
            Quoted(inviter: inviter, thing: name, message: nil), place: "the workspace ",
            what: what,
            instruction: "To accept or to decline, open this link:",
            button: "See the invitation", link: link,
            terms: "There you sign in with a code that we mail to you. The invitation is good "
                + "until", day: Self.day(until))
    }

    func message(from sender: Mailbox, to recipient: Mailbox) -> MailMessage {
        MailMessage(
            from: sender, to: recipient, subject: subject, text: plain, html: html.text)
    }

    private static func day(_ time: Timestamp) -> String { "\(time.rfc3339.prefix(10))" }

    /// What users wrote, without links of theirs: the letter goes to people who know neither them
    /// nor us. Nothing else of theirs is in it.
    private struct Quoted {
        let inviter: String
        let thing: String
        let message: String?

        init(inviter: String, thing: String, message: String?) {
            self.inviter = Unlinked.text(inviter)
            self.thing = Unlinked.text(thing)
            self.message = message.map(Unlinked.text)
        }
    }

    /// - Parameters:
    ///   - place: what kind of thing it is, for the subject; with a space at its end.
    ///   - terms: about the link; the day stands at their end.
    private init(
        _ quoted: Quoted, place: String, what: String, instruction: String, button: String,
        link: String, terms: String, day: String
    ) {
        let (inviter, thing, message) = (quoted.inviter, quoted.thing, quoted.message)
        subject = "\(inviter) invites you to \(place)\(thing)"
        // Marked, so that no line of the inviter's passes for one of ours.
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

            \(terms) \(day).

            If you don't know \(inviter), you need not do anything.

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
            <p>\(terms) <span style="white-space: nowrap">\(day)</span>.</p>
            <p style="color: #5b5b66">If you don't know \(inviter), you need not do \
            anything.</p>
            </body></html>

            """
    }
}
