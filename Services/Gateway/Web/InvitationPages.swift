import Contract
import GatewayContract
import HTTPCore
import InvitationsContract
import Kernel
import Presentation
import SQLite
import ServiceKit
import WriteKit

/// The pages behind the links of invitations. A GET changes nothing, so that link previews and mail
/// scanners can follow it; only the POST of a form does. What a page shows and does depends on the
/// link alone.
struct InvitationPages: Sendable {
    let links: any InvitationLinks
    let signIn: SignIn
    let exchangeCodes: ExchangeCodes
    let database: Database
    let clock: any Clock
    let site: WebSite
    /// Nil if people sign in with a mailed code alone.
    var oidc: OIDCSignIn?
    /// The provider has one address to lead back to, for both.
    var console: ConsoleSignIn?

    var routes: [Route] {
        [
            .later(LinkRoutes.showInvitation) { request in
                try await page(request) { try await show(try link(.token, request), request) }
            },
            .later(LinkRoutes.answerInvitation) { request in
                try await page(request) { try await submitAccept(request) }
            },
            .later(LinkRoutes.showClaim) { request in
                try await page(request) { try await show(try link(.claim, request), request) }
            },
            .later(LinkRoutes.takeClaim) { request in
                try await page(request) { try await submitClaim(request) }
            },
            .later(LinkRoutes.claimInvitation) { try await claim($0) },
            .later(LinkRoutes.startSignIn) { try await startSignIn($0) },
            .later(LinkRoutes.finishSignIn) { try await finishSignIn($0) },
        ]
    }

    private func link(_ kind: PageLink.Kind, _ request: RequestContext) throws -> PageLink {
        PageLink(kind: kind, secret: try request.query(kind.rawValue) ?? "")
    }

    /// The page of the invitation as it is now.
    /// - Parameters:
    ///   - notice: for a visitor who has to sign in.
    ///   - refusal: of a response, for everyone else.
    func show(
        _ link: PageLink, _ request: RequestContext,
        notice: ((any Texts) -> Phrase)? = nil, refusal: Fault? = nil
    ) async throws -> Response {
        let shown = try await view(link)
        guard shown.status == .pending else { return try ended(shown, link, request) }
        let session = try session(request)
        let text = text(shown, session?.user, request)
        if link.kind == .claim {
            return text.claim(shown, link, showing: Base64URL.encode(signIn.random.bytes(16)))
        }
        guard let session, session.user.email == shown.email else {
            return text.signedOut(
                shown, link, session, notice: notice, provider: oidc?.provider.settings.name)
        }
        if let refusal { throw refusal }
        return text.answer(shown, link, session)
    }

    // MARK: Forms

    private func submitAccept(_ request: RequestContext) async throws -> Response {
        let form = try WebForm(request, of: site)
        let link = PageLink(kind: .token, secret: form["token"] ?? "")
        switch form["action"] {
        case "code":
            return try await ifPending(link, request) { shown in
                try await signIn.requestCode(
                    shown.email, isInvited: true, in: shown.locale, from: SignInClient(request))
                return text(shown, nil, request).code(shown, link, isWrong: false)
            }
        case "enter":
            return try await ifPending(link, request) { shown in
                try await enter(form["code"] ?? "", shown, link, request)
            }
        case "accept", "decline": return try await answer(form, link, request)
        case "signout": return try await signOut(form, link, request)
        case "ask": return try await ask(link, request)
        case "return": return try await goBack(form, link, request)
        default: return try await show(link, request)
        }
    }

    private func submitClaim(_ request: RequestContext) async throws -> Response {
        let form = try WebForm(request, of: site)
        let link = PageLink(kind: .claim, secret: form["claim"] ?? "")
        switch form["action"] {
        case "decline": return try await declineClaim(link, request)
        case "signout": return try await signOut(form, link, request)
        case "ask": return try await ask(link, request)
        case "return": return try await goBack(form, link, request)
        default: return try await acceptClaim(form, link, request)
        }
    }

    private func ifPending(
        _ link: PageLink, _ request: RequestContext,
        _ body: (ShownInvitation) async throws -> Response
    ) async throws -> Response {
        let shown = try await view(link)
        guard shown.status == .pending else { return try ended(shown, link, request) }
        return try await body(shown)
    }

    private func enter(
        _ code: String, _ shown: ShownInvitation, _ link: PageLink, _ request: RequestContext
    ) async throws -> Response {
        do {
            let session = try await signIn.signIn(
                shown.email, code: code, isInvited: true, from: SignInClient(request),
                requestId: request.requestId)
            return seeOther(link, SiteCookie.session(of: site).field(session.token))
        } catch let fault as Fault where fault == SignInRule.invalidCode || fault.kind == .invalid {
            return text(shown, nil, request).code(shown, link, isWrong: true)
        }
    }

    /// The invitations service compares the addresses; its reply is what the next page shows.
    private func answer(
        _ form: WebForm, _ link: PageLink, _ request: RequestContext
    ) async throws -> Response {
        guard let session = try session(request), session.made(form, for: link.secret) else {
            return try await show(link, request, notice: { Phrase($0.signInToRespond) })
        }
        let command = InvitationResponseCommand(
            token: link.secret, accepts: form["action"] == "accept", userId: session.user.id,
            email: session.user.email, actor: session.actor(in: request))
        do {
            let shown = try await answer(command)
            return text(shown, session.user, request).ended(shown, link, session)
        } catch let fault as Fault where fault.isRefusal {
            return try await show(
                link, request, notice: { Phrase($0.signInToRespond) }, refusal: fault)
        }
    }

    /// Ends the session of this browser, if the form is one of its pages'.
    private func signOut(
        _ form: WebForm, _ link: PageLink, _ request: RequestContext
    ) async throws -> Response {
        if let session = try session(request), session.made(form, for: link.secret) {
            let caller = Caller(
                userId: session.user.id, tokenId: session.tokenId, requestId: request.requestId)
            try await signIn.signOut(caller).commitWithoutKeepingAnswer()
        }
        return seeOther(link, SiteCookie.session(of: site).removal)
    }

    /// Back to the app, with a code by which its backend learns who accepted. It is made when the
    /// user goes: it works for a minute.
    private func goBack(
        _ form: WebForm, _ link: PageLink, _ request: RequestContext
    ) async throws -> Response {
        let shown = try await view(link)
        guard let session = try session(request), session.made(form, for: link.secret),
            session.user.email == shown.email, let base = shown.returnURL,
            let invitation = shown.exchanged
        else { return try await show(link, request) }
        let code = try await exchangeCodes.make(for: session.user.id, invitation)
        return Response(
            303,
            fields: [
                Response.Field(
                    "Location",
                    ReturnOrigins.address(
                        base,
                        [
                            ("invitation_id", invitation.id), ("status", "accepted"),
                            ("code", code),
                        ])),
                Response.Field("Cache-Control", "no-store"),
                // The page's address is a secret.
                Response.Field("Referrer-Policy", "no-referrer"),
            ])
    }

    /// Everyone with the link can ask: it is one mail to the inviter.
    private func ask(_ link: PageLink, _ request: RequestContext) async throws -> Response {
        let shown = try self.shown(
            try await links.ask(
                InvitationRequestCommand(
                    token: link.query.token, claim: link.query.claim,
                    requestId: request.requestId)))
        guard shown.status == .pending else { return try ended(shown, link, request) }
        return seeOther(link)
    }

    private func session(_ request: RequestContext) throws -> WebSession? {
        try WebSession(request.head, of: site, in: database, at: clock.now())
    }

    /// Everyone with the link sees how the invitation ended.
    func ended(
        _ shown: ShownInvitation, _ link: PageLink, _ request: RequestContext
    ) throws -> Response {
        let session = try session(request)
        return text(shown, session?.user, request).ended(shown, link, session)
    }

    /// A redirect, so that going back or reloading doesn't send the form again.
    func seeOther(_ link: PageLink, _ cookie: Response.Field? = nil) -> Response {
        Response(
            303,
            fields: [
                Response.Field("Location", link.address),
                Response.Field("Cache-Control", "no-store"),
            ] + (cookie.map { [$0] } ?? []))
    }

    // MARK: The link in the mail

    private func acceptClaim(
        _ form: WebForm, _ link: PageLink, _ request: RequestContext
    ) async throws -> Response {
        let secrets =
            form["showing"].map { signIn.rule.sessions(ofClaim: link.secret, showing: $0) } ?? []
        let shown = try await view(link)
        guard let session = try await press(link.secret, shown, secrets, request) else {
            return try ended(shown, link, request)
        }
        return seeOther(link, SiteCookie.session(of: site).field(session.token))
    }

    /// Without an account, and without beginning a session.
    private func declineClaim(
        _ link: PageLink, _ request: RequestContext
    ) async throws -> Response {
        try await ifPending(link, request) { shown in
            let user = try database.read { try UserStore.find(email: shown.email, in: $0) }
            let userId = user?.id ?? ""
            let command = InvitationResponseCommand(
                claim: link.secret, accepts: false, userId: userId, email: shown.email,
                actor: EventActor(Caller(userId: userId, requestId: request.requestId)))
            return try ended(try await answer(command), link, request)
        }
    }

    /// The session that pressing the button starts. A second press, for which the browser has
    /// discarded the first response, finds the session of the first. Nil if the invitation has
    /// ended.
    private func press(
        _ claim: String, _ shown: ShownInvitation, _ secrets: [String], _ request: RequestContext
    ) async throws -> SignIn.Session? {
        guard shown.status == .pending else {
            for secret in secrets {
                let session = try signIn.resume(secret, of: shown.email, at: clock.now())
                if let session { return session }
            }
            return nil
        }
        return try await take(claim, shown, request, secret: secrets.first).1
    }

    private func claim(_ request: RequestContext) async throws -> Response {
        let body = try request.decode(ClaimBody.self)
        let shown = try await view(PageLink(kind: .claim, secret: body.claim))
        guard shown.status == .pending else { throw Self.refusal(of: shown) }
        let (accepted, session) = try await take(body.claim, shown, request)
        guard let invitation = accepted.invitation else {
            throw Fault.unexpected("invitations: a claim must lead to an invitation")
        }
        return .json(
            201,
            ClaimedBody(
                token: session.token, user: ClaimedUserBody(UserBody(session.user)),
                expiresAt: session.expiresAt, invitation: invitation))
    }

    /// The session starts first: once the claim is used, the response needs one.
    /// - Parameters:
    ///   - shown: the pending invitation to which the claim leads.
    ///   - secret: the session's, if the page was shown before.
    private func take(
        _ claim: String, _ shown: ShownInvitation, _ request: RequestContext,
        secret: String? = nil
    ) async throws -> (ShownInvitation, SignIn.Session) {
        let session = try await signIn.admit(
            shown.email, secret: secret, from: SignInClient(request), requestId: request.requestId)
        let command = InvitationResponseCommand(
            claim: claim, accepts: true, userId: session.user.id, email: session.user.email,
            actor: EventActor(
                Caller(
                    userId: session.user.id, tokenId: session.id, requestId: request.requestId)))
        do {
            return (try await answerRetrying(command), session)
        } catch {
            try? await signIn.end(session)
            throw error
        }
    }

    /// A lost reply is requested once more: the claim may be used by then, and the same session
    /// gets the same reply.
    private func answerRetrying(
        _ command: InvitationResponseCommand
    ) async throws -> ShownInvitation {
        do {
            return try await answer(command)
        } catch let fault as Fault where fault.isRefusal {
            throw fault
        } catch {
            return try await answer(command)
        }
    }

    // MARK: The invitations service

    func view(_ link: PageLink) async throws -> ShownInvitation {
        try shown(try await links.view(link.query))
    }

    private func answer(_ command: InvitationResponseCommand) async throws -> ShownInvitation {
        try shown(try await links.answer(command))
    }

    private func shown(_ reply: InvitationViewReply) throws -> ShownInvitation {
        if let view = reply.view {
            let inviter = try database.read { try UserStore.find(view.inviterId, in: $0) }
            return ShownInvitation(view: view, inviter: inviter)
        }
        guard let refusal = reply.refusal else {
            throw Fault.unexpected("invitations: neither a view nor a refusal")
        }
        throw Fault(
            Fault.Kind(rawValue: refusal.status) ?? .notFound, code: refusal.code, refusal.detail)
    }

    private static func refusal(of shown: ShownInvitation) -> Fault {
        switch shown.status {
        case .expired: Fault(InvitationProblems.expired)
        case .accepted: Fault(InvitationProblems.used)
        case .pending, .revoked: Fault(InvitationProblems.revoked)
        }
    }

    /// Faults are shown as pages, too.
    func page(
        _ request: RequestContext, _ body: () async throws -> Response
    ) async throws -> Response {
        do {
            return try await body()
        } catch let fault as Fault {
            let user = try? session(request)?.user
            return text(nil, user, request).refused(fault, PageLink(request))
        }
    }

    /// In the language of the invitation, the user, the browser or the product.
    private func text(
        _ shown: ShownInvitation?, _ user: User?, _ request: RequestContext
    ) -> InvitationText {
        let language = Language.choose(
            [shown?.locale, user?.locale], accepting: request.acceptedLanguages,
            else: site.brand.language)
        return InvitationText(site: site, language: language)
    }
}

extension Fault {
    /// By the invitations service, and not a failure of it.
    fileprivate var isRefusal: Bool { InvitationRefusal.statuses.contains(kind.status) }
}

extension WebSession {
    /// Whether one of our pages made the form, for this session and link.
    fileprivate func made(_ form: WebForm, for link: String) -> Bool {
        constantTimeEquals(Array((form["proof"] ?? "").utf8), Array(proof(for: link).utf8))
    }

    fileprivate func actor(in request: RequestContext) -> EventActor {
        EventActor(Caller(userId: user.id, tokenId: tokenId, requestId: request.requestId))
    }
}
