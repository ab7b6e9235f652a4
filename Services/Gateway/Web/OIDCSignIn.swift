import GatewayContract
import HTTPCore
import JOSE
import Kernel
import ServiceKit

/// What signs people in at the platform's identity provider.
struct OIDCSignIn: Sendable {
    let provider: OIDCProvider
    let flows: OIDCFlows
    let logger: Logger

    /// Leads to the provider. Changes nothing but the browser's own cookie.
    func lead(
        to purpose: OIDCFlow.Purpose, at now: Timestamp, with cookie: SiteCookie
    ) async throws(OIDCProvider.Failure) -> Response {
        let (flow, sealed) = flows.begin(purpose, at: now)
        let target = try await provider.authorization(flow)
        return Response(
            303,
            fields: [
                Response.Field("Location", target), cookie.field(sealed),
                Response.Field("Cache-Control", "no-store"),
                // The address of an invitation has its secret.
                Response.Field("Referrer-Policy", "no-referrer"),
            ])
    }

    /// The flow of a refusal that doesn't say whose it is. With an error, too, a provider must
    /// repeat `state` (RFC 6749 §4.1.2.1), but some don't: it is the newest of this browser, which
    /// is told so, and nothing else happens.
    func refused(
        _ request: RequestContext, at now: Timestamp, _ cookies: [SiteCookie]
    ) throws -> OIDCFlow? {
        guard try request.query("error") != nil, try request.query("state") == nil else {
            return nil
        }
        return cookies.compactMap { flows.open($0.value(in: request.head), at: now) }
            .max { $0.startedAt < $1.startedAt }
    }

    func log(_ failure: OIDCProvider.Failure, _ request: RequestContext) {
        logger.warning(
            "a sign-in at the identity provider failed",
            ["reason": failure.reason, "requestId": request.requestId])
    }
}

/// What a redirect of the provider says.
struct OIDCRedirect: Sendable {
    /// Nil if the user refused, or the provider did.
    let code: String?
    /// Whom it names (RFC 9207); nil if it names none.
    let issuer: String?

    init(_ request: RequestContext) throws(Fault) {
        code = try request.query("code")
        issuer = try request.query("iss")
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
