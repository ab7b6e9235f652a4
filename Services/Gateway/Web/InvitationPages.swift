import Contract
import GatewayContract
import HTTPCore
import InvitationsContract
import Kernel
import SQLite
import ServiceKit

/// The pages behind the links of invitations. A GET changes nothing, so that link previews and mail
/// scanners can follow it; only the POST of a form does. What a page shows and does depends on the
/// link alone.
struct InvitationPages: Sendable {
    let links: any InvitationLinks
    let signIn: SignIn
    let database: Database
    let clock: any Clock
    let site: WebSite
    private var text: InvitationText { InvitationText(site: site) }

    var routes: [Route] {
        [
            .later(LinkRoutes.showInvitation) { try await showAccept($0) },
            .later(LinkRoutes.answerInvitation) { request in
                try await page { try await submitAccept(request) }
            },
            .later(LinkRoutes.showClaim) { try await showClaim($0) },
            .later(LinkRoutes.takeClaim) { request in
                try await page { try await submitClaim(request) }
            },
            .later(LinkRoutes.claimInvitation) { try await claim($0) },
        ]
    }

    // MARK: The accept_url

    private func showAccept(_ request: RequestContext) async throws -> Response {
        try await page {
            try await accept(try request.query("token") ?? "", request)
        }
    }

    /// The page of the invitation as it is now.
    /// - Parameters:
    ///   - notice: for a visitor who has to sign in.
    ///   - refusal: of a response, for everyone else.
    private func accept(
        _ token: String, _ request: RequestContext, notice: String? = nil, refusal: Fault? = nil
    ) async throws -> Response {
        let shown = try await view(InvitationViewQuery(token: token))
        guard shown.status == .pending else { return try ended(shown, request) }
        let session = try session(request)
        guard let session, session.user.email == shown.email else {
            return text.signedOut(
                shown, token, as: session?.user.email, notice: notice
            ).response
        }
        if let refusal { throw refusal }
        return text.answer(shown, token, proof: session.proof(for: token)).response
    }

    private func submitAccept(_ request: RequestContext) async throws -> Response {
        let form = try WebForm(request, of: site)
        let token = form["token"] ?? ""
        switch form["action"] {
        case "code":
            return try await ifPending(token, request) { shown in
                try await signIn.requestCode(
                    shown.email, isInvited: true, from: SignInClient(request))
                return text.code(shown, token, isWrong: false).response
            }
        case "enter":
            return try await ifPending(token, request) { shown in
                try await enter(form["code"] ?? "", shown, token, request)
            }
        case "accept", "decline": return try await answer(form, token, request)
        default: return try await accept(token, request)
        }
    }

    private func ifPending(
        _ token: String, _ request: RequestContext,
        _ body: (ShownInvitation) async throws -> Response
    ) async throws -> Response {
        let shown = try await view(InvitationViewQuery(token: token))
        guard shown.status == .pending else { return try ended(shown, request) }
        return try await body(shown)
    }

    private func enter(
        _ code: String, _ shown: ShownInvitation, _ token: String, _ request: RequestContext
    ) async throws -> Response {
        do {
            let session = try await signIn.signIn(
                shown.email, code: code, isInvited: true, from: SignInClient(request),
                requestId: request.requestId)
            return seeOther(
                "\(InvitationText.acceptPath)?token=\(PercentEncoding.encode(token))", session)
        } catch let fault as Fault where fault == SignInRule.invalidCode || fault.kind == .invalid {
            return text.code(shown, token, isWrong: true).response
        }
    }

    /// The invitations service compares the addresses; its reply is what the next page shows.
    private func answer(
        _ form: WebForm, _ token: String, _ request: RequestContext
    ) async throws -> Response {
        let notice = "Sign in to respond."
        guard let session = try session(request),
            constantTimeEquals(
                Array((form["proof"] ?? "").utf8), Array(session.proof(for: token).utf8))
        else { return try await accept(token, request, notice: notice) }
        let command = InvitationResponseCommand(
            token: token, accepts: form["action"] == "accept", userId: session.user.id,
            email: session.user.email,
            actor: EventActor(
                Caller(
                    userId: session.user.id, tokenId: session.tokenId,
                    requestId: request.requestId)))
        do {
            return text.ended(try await answer(command), isInvitee: true).response
        } catch let fault as Fault where fault.isRefusal {
            return try await accept(token, request, notice: notice, refusal: fault)
        }
    }

    private func session(_ request: RequestContext) throws -> WebSession? {
        try WebSession(request.head, in: database, at: clock.now())
    }

    /// Everyone with the link sees how the invitation ended.
    private func ended(_ shown: ShownInvitation, _ request: RequestContext) throws -> Response {
        let isInvitee = try session(request)?.user.email == shown.email
        return text.ended(shown, isInvitee: isInvitee).response
    }

    // MARK: The link in the mail

    private func showClaim(_ request: RequestContext) async throws -> Response {
        try await page {
            let claim = try request.query("claim") ?? ""
            let shown = try await view(InvitationViewQuery(claim: claim))
            guard shown.status == .pending else { return try ended(shown, request) }
            let showing = Base64URL.encode(signIn.random.bytes(16))
            return text.claim(shown, claim, showing: showing).response
        }
    }

    private func submitClaim(_ request: RequestContext) async throws -> Response {
        let form = try WebForm(request, of: site)
        let claim = form["claim"] ?? ""
        let secrets =
            form["showing"].map { signIn.rule.sessions(ofClaim: claim, showing: $0) } ?? []
        let shown = try await view(InvitationViewQuery(claim: claim))
        guard let session = try await press(claim, shown, secrets, request) else {
            return try ended(shown, request)
        }
        return seeOther(
            "\(InvitationText.claimPath)?claim=\(PercentEncoding.encode(claim))", session)
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

    /// A redirect, so that going back or reloading doesn't send the form again.
    private func seeOther(_ target: String, _ session: SignIn.Session) -> Response {
        Response(
            303,
            fields: [
                Response.Field("Location", target), SessionCookie(of: site).field(session.token),
                Response.Field("Cache-Control", "no-store"),
            ])
    }

    private func claim(_ request: RequestContext) async throws -> Response {
        let body = try request.decode(ClaimBody.self)
        let shown = try await view(InvitationViewQuery(claim: body.claim))
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

    private func view(_ query: InvitationViewQuery) async throws -> ShownInvitation {
        try shown(try await links.view(query))
    }

    private func answer(_ command: InvitationResponseCommand) async throws -> ShownInvitation {
        try shown(try await links.answer(command))
    }

    private func shown(_ reply: InvitationViewReply) throws -> ShownInvitation {
        if let view = reply.view {
            let inviter = try database.read { try UserStore.find(view.inviterId, in: $0) }
            return ShownInvitation(view: view, inviterName: inviter?.displayName)
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
    private func page(_ body: () async throws -> Response) async throws -> Response {
        do {
            return try await body()
        } catch let fault as Fault {
            return text.refused(fault)
        }
    }
}

/// An invitation, and who sent it.
@dynamicMemberLookup
struct ShownInvitation: Sendable {
    let view: InvitationView
    /// nil if the user was deleted.
    let inviterName: String?

    subscript<T>(dynamicMember path: KeyPath<InvitationView, T>) -> T { view[keyPath: path] }
}

extension Fault {
    /// By the invitations service, and not a failure of it.
    fileprivate var isRefusal: Bool { InvitationRefusal.statuses.contains(kind.status) }
}
