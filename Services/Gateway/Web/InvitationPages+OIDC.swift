import GatewayContract
import HTTPCore
import InvitationsContract
import Kernel
import Presentation
import ServiceKit

/// Signing in at the identity provider, from the page of an invitation and back to it. An address
/// that the provider has verified proves the mailbox, as a mailed code does.
extension InvitationPages {
    /// Leads to the provider. Changes nothing but the browser's own cookie.
    func startSignIn(_ request: RequestContext) async throws -> Response {
        try await page(request) {
            let link = PageLink(kind: .token, secret: try request.query("token") ?? "")
            guard let oidc else { throw Fault.notFound }
            let shown = try await view(link)
            guard shown.status == .pending else { return try ended(shown, link, request) }
            do throws(OIDCProvider.Failure) {
                return try await oidc.lead(
                    to: .invitation(token: link.secret, email: shown.email), at: clock.now(),
                    with: SiteCookie.flow(of: site))
            } catch {
                return try await failed(error, oidc, link, request)
            }
        }
    }

    /// Where the provider sends the browser back to.
    func finishSignIn(_ request: RequestContext) async throws -> Response {
        if let console, OIDCFlow.isOfConsole(try? request.query("state")) {
            return try await console.finish(request)
        }
        var response = try await page(request) {
            guard let oidc else { throw Fault.notFound }
            let cookies = [false, true].map { SiteCookie.flow(of: site, forConsole: $0) }
            if let refused = try oidc.refused(request, at: clock.now(), cookies) {
                return try await failed(refused, oidc, request)
            }
            let flow = oidc.flows.end(
                SiteCookie.flow(of: site).value(in: request.head),
                state: try request.query("state"),
                at: clock.now())
            guard let flow, case .invitation(let token, _) = flow.purpose else {
                throw Fault(
                    GatewayProblems.malformedForm,
                    "This sign-in has ended, or was begun in another browser. Open the link from "
                        + "the e-mail again.")
            }
            return try await finish(flow, token, oidc, request)
        }
        response.fields.append(SiteCookie.flow(of: site).removal)
        return response
    }

    private func failed(
        _ refused: OIDCFlow, _ oidc: OIDCSignIn, _ request: RequestContext
    ) async throws -> Response {
        let failure = OIDCProvider.Failure.refused("the provider refused, without the state")
        switch refused.purpose {
        case .console: return ConsoleSignIn.failed(failure, oidc, request)
        case .invitation(let token, _):
            let link = PageLink(kind: .token, secret: token)
            return try await failed(failure, oidc, link, request)
        }
    }

    private func finish(
        _ flow: OIDCFlow, _ token: String, _ oidc: OIDCSignIn, _ request: RequestContext
    ) async throws -> Response {
        let link = PageLink(kind: .token, secret: token)
        let redirect = try OIDCRedirect(request)
        let email: String
        do throws(OIDCProvider.Failure) {
            email = try await oidc.provider.email(for: redirect, flow)
        } catch {
            return try await failed(error, oidc, link, request)
        }
        let shown = try await view(link)
        guard shown.status == .pending else { return try ended(shown, link, request) }
        guard email == shown.email else {
            let name = oidc.provider.settings.name
            return try await show(link, request) {
                $0.signedIn(by: name, as: email, notAs: shown.email)
            }
        }
        let session = try await signIn.admit(
            email, from: SignInClient(request), requestId: request.requestId)
        return seeOther(link, SiteCookie.session(of: site).field(session.token))
    }

    /// The page of the invitation, on which a mailed code still works.
    private func failed(
        _ failure: OIDCProvider.Failure, _ oidc: OIDCSignIn, _ link: PageLink,
        _ request: RequestContext
    ) async throws -> Response {
        let name = oidc.provider.settings.name
        oidc.log(failure, request)
        return try await show(link, request) { texts in
            switch failure {
            case .unavailable: texts.providerAway(name)
            case .refused, .invalid: texts.providerFailed(name)
            case .unverifiedEmail: texts.providerUnverified(name)
            }
        }
    }
}
