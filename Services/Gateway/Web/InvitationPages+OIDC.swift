import GatewayContract
import HTTPCore
import InvitationsContract
import JOSE
import Kernel
import Presentation
import ServiceKit

/// What signs people in at the platform's identity provider.
struct OIDCSignIn: Sendable {
    let provider: OIDCProvider
    let flows: OIDCFlows
    let logger: Logger
}

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
            let (flow, sealed) = oidc.flows.begin(
                token: link.secret, email: shown.email, at: clock.now())
            do throws(OIDCProvider.Failure) {
                let target = try await oidc.provider.authorization(flow)
                return Response(
                    303,
                    fields: [
                        Response.Field("Location", target), FlowCookie(of: site).field(sealed),
                        Response.Field("Cache-Control", "no-store"),
                        // Our address has the invitation's secret.
                        Response.Field("Referrer-Policy", "no-referrer"),
                    ])
            } catch {
                return try await failed(error, oidc, link, request)
            }
        }
    }

    /// Where the provider sends the browser back to.
    func finishSignIn(_ request: RequestContext) async throws -> Response {
        var response = try await page(request) {
            guard let oidc else { throw Fault.notFound }
            let flow = oidc.flows.end(
                FlowCookie.value(in: request.head), state: try request.query("state"),
                at: clock.now())
            guard let flow else {
                throw Fault(
                    GatewayProblems.malformedForm,
                    "This sign-in has ended, or was begun in another browser. Open the link from "
                        + "the e-mail again.")
            }
            return try await finish(flow, oidc, request)
        }
        response.fields.append(FlowCookie(of: site).removal)
        return response
    }

    private func finish(
        _ flow: OIDCFlow, _ oidc: OIDCSignIn, _ request: RequestContext
    ) async throws -> Response {
        let link = PageLink(kind: .token, secret: flow.token)
        let (code, issuer) = (try request.query("code"), try request.query("iss"))
        let email: String
        do throws(OIDCProvider.Failure) {
            guard let code else { throw .refused("the redirect has no code") }
            email = try await oidc.provider.email(for: code, flow, from: issuer)
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
        return seeOther(link, SessionCookie(of: site).field(session.token))
    }

    /// The page of the invitation, on which a mailed code still works.
    private func failed(
        _ failure: OIDCProvider.Failure, _ oidc: OIDCSignIn, _ link: PageLink,
        _ request: RequestContext
    ) async throws -> Response {
        let name = oidc.provider.settings.name
        oidc.logger.warning(
            "a sign-in at the identity provider failed",
            ["reason": failure.reason, "requestId": request.requestId])
        return try await show(link, request) { texts in
            switch failure {
            case .unavailable: texts.providerAway(name)
            case .refused, .invalid: texts.providerFailed(name)
            case .unverifiedEmail: texts.providerUnverified(name)
            }
        }
    }
}

extension OIDCProvider.Failure {
    /// For the log.
    fileprivate var reason: String {
        switch self {
        case .unavailable(let reason), .refused(let reason): reason
        case .invalid(let refusal): refusal.sentence
        case .unverifiedEmail: "no verified address"
        }
    }
}

/// Holds an `OIDCFlow`. With TLS no other host can set it (RFC 6265bis §4.1.3.2).
struct FlowCookie: Sendable {
    private static let names = ["__Host-latchkey_flow", "latchkey_flow"]
    private let site: WebSite

    init(of site: WebSite) { self.site = site }

    func field(_ sealed: String) -> Response.Field { field(sealed, OIDCFlow.seconds) }

    var removal: Response.Field { field("", 0) }

    private func field(_ value: String, _ seconds: Int64) -> Response.Field {
        let name = Self.names[site.isSecure ? 0 : 1]
        let secure = site.isSecure ? "; Secure" : ""
        return Response.Field(
            "Set-Cookie",
            "\(name)=\(value); Path=/; Max-Age=\(seconds); HttpOnly; SameSite=Lax\(secure)")
    }

    static func value(in head: RequestHead) -> String? {
        names.lazy.compactMap { head.cookie(named: $0) }.first
    }
}
