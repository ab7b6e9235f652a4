import EventLoop
import FoundationEssentials
import GatewayContract
import HTTPCore
import JOSE
import Kernel
import ServiceKit
import Synchronization

/// The client's side of OpenID Connect (Core 1.0 §3.1): authorization code with PKCE (RFC 7636).
final class OIDCProvider: Sendable {
    /// Milliseconds for which the provider's description is used.
    private static let freshMilliseconds = 600_000

    /// Why nobody was signed in. What the provider has said is for the log alone.
    enum Failure: Error, Sendable, Equatable {
        /// It can't be reached, or answers as no provider does.
        case unavailable(String)
        /// The code is not, or no longer, one of this flow.
        case refused(String)
        /// Its token is not one for us.
        case invalid(JWTRefusal)
        /// It doesn't vouch for an address.
        case unverifiedEmail
    }

    let settings: OIDCSettings
    private let client: ProviderClient
    private let keys: IssuerKeys
    private let time: IssuerKeys.Time
    private let clock: any Clock
    private let description = Mutex<(value: ProviderDescription, at: Ticks)?>(nil)
    private let refreshing = Mutex<Task<Void, Never>?>(nil)

    init(
        _ settings: OIDCSettings, _ client: ProviderClient, _ time: IssuerKeys.Time,
        clock: any Clock, logger: Logger
    ) {
        self.settings = settings
        self.client = client
        self.time = time
        self.clock = clock
        keys = IssuerKeys(
            of: settings.issuer, time, logger, removed: {},
            fetch: IssuerKeys.fetching(settings.issuer, nil, by: client))
    }

    func start() {
        refreshing.withLock { $0 = Task { [keys] in await keys.keepFresh() } }
    }

    /// Returns when no keys are fetched any longer: the loops can stop then.
    func stop() async {
        let task = refreshing.withLock { $0 }
        task?.cancel()
        await task?.value
    }

    private func described() async throws(Failure) -> ProviderDescription {
        let known = description.withLock { $0 }
        if let known, known.at.milliseconds(until: time.now()) < Self.freshMilliseconds {
            return known.value
        }
        do throws(ProviderFailure) {
            let value = try await ProviderDescription.fetch(settings.issuer, by: client)
            description.withLock { $0 = (value, time.now()) }
            return value
        } catch {
            throw .unavailable(error.description)
        }
    }

    // MARK: The flow

    /// Where the browser goes to sign in.
    func authorization(_ flow: OIDCFlow) async throws(Failure) -> String {
        guard let url = try await described().authorization else {
            throw .unavailable("the description has no https authorization_endpoint")
        }
        let challenge = Base64URL.encode(SHA256.hash(Array(flow.verifier.utf8)))
        var query = [
            ("response_type", "code"), ("client_id", settings.clientId),
            ("redirect_uri", settings.redirect), ("scope", "openid email"),
            ("state", flow.state), ("nonce", flow.nonce), ("code_challenge", challenge),
            ("code_challenge_method", "S256"),
        ]
        if case .invitation(_, let email) = flow.purpose { query.append(("login_hint", email)) }
        let text = query.map { "\($0)=\(PercentEncoding.encode($1))" }.joined(separator: "&")
        return url.text + (url.target.contains("?") ? "&" : "?") + text
    }

    /// The verified address of the user who has signed in.
    func email(
        for redirect: OIDCRedirect, _ flow: OIDCFlow
    ) async throws(Failure) -> String {
        guard let code = redirect.code else { throw .refused("the redirect has no code") }
        let issuer = redirect.issuer
        let description = try await described()
        // Of another provider: its code must not be sent to this one.
        if issuer != nil || description.namesItself, issuer != settings.issuer {
            throw .refused("the redirect is another issuer's")
        }
        let token = try await idToken(code, flow, description)
        let claims = try await verified(token)
        do throws(JWTRefusal) {
            _ = try claims.check(audience: settings.clientId, at: clock.now())
            // Core 1.0 §3.1.3.7: of several audiences it names who asked for it.
            if claims.audiences.count > 1 || claims.has("azp") {
                guard claims.text("azp") == settings.clientId else { throw .audience }
            }
            guard claims.text("nonce") == flow.nonce else { throw .claims }
        } catch {
            throw .invalid(error)
        }
        guard claims.isTrue("email_verified"), let text = claims.text("email"),
            let email = try? Text.email(text, pointer: "")
        else { throw .unverifiedEmail }
        return email
    }

    private func verified(_ token: String) async throws(Failure) -> JWTClaims {
        do throws(JWTRefusal) {
            let jws = try CompactJWS(Array(token.utf8))
            guard (jws.type ?? "jwt") == "jwt" else { throw .type }
            let claims = try JWTClaims(jws.payload)
            guard claims.issuer == settings.issuer else { throw .issuer }
            var match = keys.current?.keys(for: jws) ?? .unknown
            if case .unknown = match {
                await keys.refreshForUnknown()
                match = keys.current?.keys(for: jws) ?? .unknown
            }
            switch match {
            case .unusable: throw JWTRefusal.unusableKey
            case .unknown: throw JWTRefusal.unknownKey
            case .found(let found):
                guard found.contains(where: jws.isSigned) else { throw JWTRefusal.signature }
            }
            return claims
        } catch {
            throw .invalid(error)
        }
    }

    private func idToken(
        _ code: String, _ flow: OIDCFlow, _ description: ProviderDescription
    ) async throws(Failure) -> String {
        guard let url = description.token else {
            throw .unavailable("the description has no https token_endpoint")
        }
        var form: [(name: String, value: String)] = [
            ("grant_type", "authorization_code"), ("code", code),
            ("redirect_uri", settings.redirect), ("code_verifier", flow.verifier),
        ]
        var fields: [Response.Field] = []
        if let secret = settings.clientSecret,
            description.authenticationMethods.contains("client_secret_basic")
        {
            // RFC 6749 §2.3.1: both are encoded as in a form.
            let pair = [settings.clientId, secret].map(PercentEncoding.encode)
                .joined(separator: ":")
            fields.append(
                Response.Field("Authorization", "Basic \(Base64.encode(Array(pair.utf8)))"))
        } else {
            form.append(("client_id", settings.clientId))
            if let secret = settings.clientSecret { form.append(("client_secret", secret)) }
        }
        let answer: (status: Int, body: [UInt8])
        do throws(ProviderFailure) {
            answer = try await client.post(form, to: url, fields: fields)
        } catch {
            throw .unavailable(error.description)
        }
        guard answer.status == 200 else {
            // What it says about the code could be about the secret as well.
            let error = (try? JSON.decode(TokenError.self, answer.body))?.error ?? ""
            let known = ["invalid_grant", "invalid_client", "invalid_request"].contains(error)
            throw .refused(
                "\(url.text): status \(answer.status)\(known ? ", \(error)" : "")")
        }
        guard let body = try? JSON.decode(TokenAnswer.self, answer.body) else {
            throw .unavailable("\(url.text): the answer has no id_token")
        }
        return body.idToken
    }

    private struct TokenAnswer: Decodable {
        let idToken: String

        private enum CodingKeys: String, CodingKey {
            case idToken = "id_token"
        }
    }

    private struct TokenError: Decodable {
        let error: String
    }
}
