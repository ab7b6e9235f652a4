import Contract
import GatewayContract
import HTTPCore
import InvitationsContract
import Kernel
import Presentation
import ServiceKit

/// The invitation pages in one language.
struct InvitationText: Sendable {
    let site: WebSite
    let language: Language
    private var texts: any Texts { language.texts }

    // MARK: How an invitation has ended

    /// An invitation that can no longer be accepted, and why.
    /// - Parameter session: of the visitor; the invitee's leads on.
    func ended(_ view: ShownInvitation, _ link: PageLink, _ session: WebSession?) -> Response {
        let inviter = view.inviterName
        switch view.status {
        case .accepted where session?.user.email != view.email:
            return ending(
                .neutral, texts.alreadyAccepted, texts.alreadyAcceptedNote(inviter),
                then: [leadOn])
        case .accepted:
            let onward = session.flatMap { returnForm(view, link, $0) } ?? leadOn
            let note =
                onward == nil
                ? texts.signedIn(as: view.email) + Phrase(texts.closePage)
                : texts.signedIn(as: view.email)
            let form = session.map { signOutForm($0, link) }
            return ending(
                .good, texts.accepted(view.name), note, then: [onward, form],
                formsLeadTo: view.returnURL)
        case .expired:
            return ending(
                .late, texts.expired, asked(view) ?? texts.expiredNote(inviter),
                then: [askForm(view, link)], isDone: asked(view) != nil, status: 410)
        case .revoked where view.isDeclined:
            let onward = returnLink(view)
            return ending(
                .neutral, texts.declined, asked(view) ?? texts.declinedNote(inviter),
                then: [onward, askForm(view, link, isSecond: onward != nil)],
                isDone: asked(view) != nil)
        case .pending, .revoked:
            return ending(
                .closed, texts.revoked, asked(view) ?? texts.revokedNote(inviter),
                then: [askForm(view, link)], isDone: asked(view) != nil, status: 410)
        }
    }

    /// That the inviter was asked for a new one; nil if not.
    private func asked(_ view: ShownInvitation) -> Phrase? {
        view.askedAt == nil ? nil : view.inviterName.map(texts.asked)
    }

    private func ending(
        _ mark: PageMark, _ title: String, _ note: Phrase, then parts: [HTML?] = [],
        isDone: Bool = false, status: Int = 200, formsLeadTo target: String? = nil
    ) -> Response {
        let role: HTML = isDone ? #" class="done" role="status""# : ""
        return page(
            title,
            """
            \(mark.html)<h1>\(title)</h1>
            <p\(role)>\(note.html)</p>
            \(parts.compactMap(\.self))
            """, status: status, formsLeadTo: target)
    }

    /// Back to the app with a code; nil if the invitation says nowhere.
    private func returnForm(
        _ view: ShownInvitation, _ link: PageLink, _ session: WebSession
    ) -> HTML? {
        guard view.returnURL != nil else { return nil }
        return form(
            link, proof(session, link) + button("return", texts.goOn(site.brand.name)))
    }

    /// The same for an invitation that was declined.
    private func returnLink(_ view: ShownInvitation) -> HTML? {
        guard let base = view.returnURL, let id = view.id else { return nil }
        let address = ReturnOrigins.address(
            base, [("invitation_id", id), ("status", "declined")])
        return """
            <p><a class="button" href="\(address)" \
            rel="noreferrer">\(texts.goOn(site.brand.name))</a></p>

            """
    }

    private var leadOn: HTML? { site.leadOn(in: texts) }

    /// Asks the inviter for a new invitation; nil if that was done or no one is left to ask.
    /// - Parameter isSecond: whether another button is what most people need.
    private func askForm(
        _ view: ShownInvitation, _ link: PageLink, isSecond: Bool = false
    ) -> HTML? {
        guard view.inviter != nil, view.askedAt == nil else { return nil }
        return form(link, button("ask", texts.ask, isSecond: isSecond))
    }

    private func button(_ action: String, _ label: String, isSecond: Bool = false) -> HTML {
        let look: HTML = isSecond ? #" class="second""# : ""
        return "<button\(look) name=\"action\" value=\"\(action)\">\(label)</button>\n"
    }

    private func signOutForm(_ session: WebSession, _ link: PageLink) -> HTML {
        form(
            link,
            """
            \(proof(session, link))<button class="link" name="action" \
            value="signout">\(texts.signOut)</button>

            """)
    }

    // MARK: A pending invitation

    /// - Parameters:
    ///   - session: another user's.
    ///   - provider: the name of the identity provider at which people can sign in.
    func signedOut(
        _ view: ShownInvitation, _ link: PageLink, _ session: WebSession?,
        notice: ((any Texts) -> Phrase)?, provider: String?
    ) -> Response {
        let other = session?.user.email
        let wrong = other.map { alert(texts.signedIn(as: $0, notAs: view.email).html) }
        let note = notice.map { alert($0(texts).html) }
        return page(
            texts.invitation,
            """
            \(head(view))\(wrong)\(note)<p>\(texts.confirm(view.email).html)</p>
            \(provider.map { providerLink($0, link) })\
            \(form(link, button("code", texts.sendCode, isSecond: provider != nil)))\
            \(session.map { signOutForm($0, link) })
            """)
    }

    /// A link, as the page's policy lets a form lead to ourselves alone.
    private func providerLink(_ provider: String, _ link: PageLink) -> HTML {
        let path = site.path(LinkRoutes.startSignIn.path)
        let target = "\(path)?token=\(PercentEncoding.encode(link.secret))"
        return """
            <p><a class="button" href="\(target)">\(texts.goOn(with: provider))</a></p>

            """
    }

    func code(_ view: ShownInvitation, _ link: PageLink, isWrong: Bool) -> Response {
        let wrong: HTML? =
            isWrong
            ? """
            <p class="wrong" role="alert" id="wrong"><span aria-hidden="true">⚠ </span>\
            \(texts.wrongCode)</p>

            """ : nil
        let described: HTML? =
            isWrong ? #" aria-invalid="true" aria-describedby="wrong""# : nil
        let fields: HTML = """
            <label for="code">\(texts.code)</label>
            <input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" \
            required autofocus maxlength="16"\(described)>
            \(wrong)<button name="action" value="enter">\(texts.signIn)</button>
            <button class="second" name="action" value="code" \
            formnovalidate>\(texts.sendNewCode)</button>

            """
        return page(
            isWrong ? texts.wrongCodeTitle : texts.enterCode,
            """
            \(heading(view))<p>\(texts.codeSent(view.email).html)</p>
            \(form(link, fields))\
            <p class="soft">\(texts.codeHelp(minutes: SignInLimits.codeMinutes))</p>
            """, status: isWrong ? 422 : 200)
    }

    func answer(_ view: ShownInvitation, _ link: PageLink, _ session: WebSession) -> Response {
        page(
            texts.invitation,
            """
            \(head(view))\(form(link, proof(session, link) + buttons))\
            <p class="soft">\(texts.signedIn(as: view.email).html)</p>
            \(form(link, proof(session, link) + otherAccount))
            """)
    }

    /// - Parameter showing: identifies this display of the page.
    func claim(_ view: ShownInvitation, _ link: PageLink, showing: String) -> Response {
        let showing: HTML = "<input type=\"hidden\" name=\"showing\" value=\"\(showing)\">\n"
        return page(
            texts.invitation,
            """
            \(head(view))\(form(link, showing + buttons))\
            <p class="soft">\(texts.willBeSignedIn(as: view.email).html)</p>
            """)
    }

    private var buttons: HTML {
        button("accept", texts.accept) + button("decline", texts.decline, isSecond: true)
    }

    private var otherAccount: HTML {
        """
        <button class="link" name="action" value="signout">\(texts.useOther)</button>

        """
    }

    private func form(_ link: PageLink, _ content: HTML) -> HTML {
        """
        <form method="post" action="\(site.path(link.path))">
        \(link.field)\(content)</form>

        """
    }

    private func proof(_ session: WebSession, _ link: PageLink) -> HTML {
        "<input type=\"hidden\" name=\"proof\" value=\"\(session.proof(for: link.secret))\">\n"
    }

    // MARK: What went wrong

    /// - Parameter link: of the page that was asked for; leads back to it where that can help.
    func refused(_ fault: Fault, _ link: PageLink?) -> Response {
        let problem = Problem(fault)
        let reason = PageRefusal(fault)
        let (title, note) =
            problem.status == 404
            ? (texts.notFound, texts.notFoundNote)
            : (texts.refusalTitle(reason), texts.refusal(reason))
        let back = problem.status != 404 && reason.canPass ? link.map(backLink) : nil
        var response = ending(
            .warning, title, Phrase(note), then: [back], status: problem.status)
        if let seconds = fault.retryAfter { response.add("Retry-After", "\(seconds)") }
        return response
    }

    private func backLink(_ link: PageLink) -> HTML {
        """
        <p><a class="button" href="\(site.path(link.address))">\(texts.backToInvitation)</a></p>

        """
    }

    private func page(
        _ title: String, _ content: HTML, status: Int = 200, formsLeadTo target: String? = nil
    ) -> Response {
        WebPage(
            title: title, content: content, status: status,
            target: target.flatMap { ReturnOrigins.origin(of: $0) }
        ).response(of: site, in: language)
    }

    private func alert(_ content: HTML) -> HTML {
        "<p class=\"wrong\" role=\"alert\">\(content)</p>\n"
    }

    private func heading(_ view: ShownInvitation) -> HTML {
        let invites = texts.invites(
            view.inviterName, to: view.name, as: InvitedAs(view.role))
        return "<h1>\(invites)</h1>\n"
    }

    /// Who invites, whom, as what, and until when.
    private func head(_ view: ShownInvitation) -> HTML {
        let message: HTML? =
            view.message.map { "<blockquote>\($0)</blockquote>\n" }
        var facts = [(texts.invitedAddress, view.email)]
        if let inviter = view.inviter {
            facts.insert((texts.invitedBy, "\(inviter.displayName) (\(inviter.email))"), at: 0)
        }
        facts.append((texts.roleLabel, texts.role(InvitedAs(view.role))))
        if let end = view.expiresAt { facts.append((texts.expiresLabel, language.day(end))) }
        let list = facts.map { "<dt>\($0.0)</dt><dd>\($0.1)</dd>\n" as HTML }
        return """
            \(heading(view))\(message)<dl>
            \(list)</dl>

            """
    }
}

extension InvitedAs {
    init(_ role: InvitedRole) {
        self =
            switch role {
            case .collaborator: .collaborator
            case .viewer: .viewer
            case .read: .reader
            case .write: .writer
            }
    }
}

extension PageRefusal {
    /// Faults tell programs in English; people read one of these.
    fileprivate init(_ fault: Fault) {
        self =
            switch fault.code {
            case InvitationProblems.linkReplaced.code: .linkReplaced
            case InvitationProblems.inviterGone.code: .inviterGone
            case GatewayProblems.malformedForm.code: .stalePage
            case GatewayProblems.foreignForm.code: .foreignForm
            case GatewayProblems.tooManySignInTries.code: .tooManyTries
            case ProblemType.userSuspended.code: .userSuspended
            default: .unavailable
            }
    }

    /// Whether it can be otherwise the next time.
    fileprivate var canPass: Bool {
        switch self {
        case .linkReplaced, .inviterGone, .userSuspended: false
        case .tooManyTries, .stalePage, .foreignForm, .unavailable: true
        }
    }
}

extension HTML {
    fileprivate static func + (one: HTML, other: HTML) -> HTML { HTML([one, other]) }
}
