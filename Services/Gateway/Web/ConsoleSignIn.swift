import Contract
import GatewayContract
import HTTPCore
import Kernel
import ServiceKit

/// Signing in to the console at the identity provider.
///
/// The console makes a verifier and sends its challenge. After the provider the browser comes back
/// to the console with a code in the fragment, which no server sees, and the console exchanges code
/// and verifier for a session. So what an attacker can make a browser do is worth nothing: a code
/// of theirs has another verifier (login CSRF), and a code for the user's address that their
/// challenge began stays in the user's browser.
struct ConsoleSignIn: Sendable {
    let oidc: OIDCSignIn
    let signIn: SignIn
    let clock: any Clock
    let site: WebSite

    var routes: [Route] { [.later(ConsoleRoutes.signIn) { try await start($0) }] }

    private var cookie: SiteCookie { SiteCookie.flow(of: site, forConsole: true) }

    private func start(_ request: RequestContext) async throws -> Response {
        guard site.isOwnRequest(request.head),
            let challenge = try request.query("challenge"), ProviderCodeRule.isChallenge(challenge)
        else { return Self.back("") }
        do throws(OIDCProvider.Failure) {
            return try await oidc.lead(
                to: .console(challenge: challenge), at: clock.now(), with: cookie)
        } catch {
            return Self.failed(error, oidc, request)
        }
    }

    /// Where the provider sends the browser back to.
    func finish(_ request: RequestContext) async throws -> Response {
        var response: Response
        do {
            response = try await exchange(request)
        } catch let fault as Fault where fault.kind.status < 500 {
            response = Self.back("sign-in-failed=failed")
        }
        response.fields.append(cookie.removal)
        return response
    }

    private func exchange(_ request: RequestContext) async throws -> Response {
        let flow = oidc.flows.end(
            cookie.value(in: request.head), state: try request.query("state"), at: clock.now())
        guard let flow, case .console(let challenge) = flow.purpose else {
            return Self.back("sign-in-failed=failed")
        }
        let redirect = try OIDCRedirect(request)
        let email: String
        do throws(OIDCProvider.Failure) {
            email = try await oidc.provider.email(for: redirect, flow)
        } catch {
            return Self.failed(error, oidc, request)
        }
        let code = try await signIn.makeProviderCode(
            for: email, challenge, requestId: request.requestId)
        return Self.back(code.map { "sign-in=\($0)" } ?? "sign-in-failed=no_account")
    }

    /// Back to the console, which says why.
    static func failed(
        _ failure: OIDCProvider.Failure, _ oidc: OIDCSignIn, _ request: RequestContext
    ) -> Response {
        oidc.log(failure, request)
        switch failure {
        case .unavailable: return back("sign-in-failed=unavailable")
        case .refused, .invalid: return back("sign-in-failed=failed")
        case .unverifiedEmail: return back("sign-in-failed=unverified")
        }
    }

    /// To the console and nowhere else.
    private static func back(_ fragment: String) -> Response {
        Response(
            303,
            fields: [
                Response.Field("Location", "\(ConsoleRoutes.start.path)#\(fragment)"),
                Response.Field("Cache-Control", "no-store"),
                Response.Field("Referrer-Policy", "no-referrer"),
            ])
    }
}
