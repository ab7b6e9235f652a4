import Foundation
import HTTPCore
import HTTPServer
import Kernel
import TestSupport
import Testing

@testable import Gateway

/// An identity provider at which people sign in.
final class FakeProvider: Sendable {
    struct Granted: Sendable {
        let query: [String: String]
        let claims: [String: String?]
    }

    struct State {
        var codes: [String: Granted] = [:]
        /// The forms and fields that the token endpoint got.
        var forms: [[String: String]] = []
        var isAway = false
        /// More of the description.
        var more = ""
        var signer = TestSigner.rsa
    }

    let log = Log(State())
    let server: UpstreamUnderTest
    var issuer: String { "http://127.0.0.1:\(server.port)" }

    init() async throws {
        let log = log
        server = try await UpstreamUnderTest { exchange in
            let sink = Sink()
            sink.onEnd = { Self.answer(exchange, sink.bytes, log) }
            exchange.readBody(sink)
        }
    }

    private static func pairs(_ bytes: [UInt8]) -> [String: String] {
        let items = bytes.withUnsafeBytes { PercentEncoding.form($0) } ?? []
        return Dictionary(items.map { ($0.name, $0.value) }) { $1 }
    }

    private static func answer(_ exchange: Exchange, _ body: [UInt8], _ log: Log<State>) {
        let state = log.value
        let base = "http://\(exchange.head.fields[.host] ?? "")"
        func reply(_ status: Int, _ text: String) {
            exchange.respond(Response(status, body: Array(text.utf8)))
        }
        guard !state.isAway else { return reply(500, "") }
        switch exchange.head.pathText {
        case "/.well-known/openid-configuration":
            reply(
                200,
                """
                {"issuer":"\(base)","jwks_uri":"\(base)/jwks",
                 "authorization_endpoint":"\(base)/authorize?tenant=a",
                 "token_endpoint":"\(base)/token"\(state.more)}
                """)
        case "/jwks": reply(200, "{\"keys\":[\(TestSigner.rsa.jwk("k"))]}")
        case "/token":
            var form = pairs(body)
            form["authorization"] = exchange.head.fields[.authorization]
            var granted: Granted?
            log.change { log in
                log.forms.append(form)
                granted = log.codes.removeValue(forKey: form["code"] ?? "")
            }
            let challenge = Base64URL.encode(
                SHA256.hash(Array((form["code_verifier"] ?? "").utf8)))
            guard let granted, challenge == granted.query["code_challenge"],
                form["redirect_uri"] == granted.query["redirect_uri"],
                form["grant_type"] == "authorization_code"
            else { return reply(400, #"{"error":"invalid_grant"}"#) }
            let claims = granted.claims.compactMap { name, value in
                value.map { "\"\(name)\":\($0)" }
            }
            let token = state.signer.token(
                "{\(claims.joined(separator: ","))}", kid: "k", type: "JWT")
            reply(200, #"{"access_token":"a","token_type":"Bearer","id_token":"\#(token)"}"#)
        default: reply(404, "")
        }
    }

    /// What a person does at the provider: signs in, and is sent back with a code.
    /// - Parameter change: of the claims of the ID token; nil removes one.
    /// - Returns: the query of the redirect.
    func signIn(
        _ location: String, as email: String, at now: Timestamp, _ change: [String: String?] = [:]
    ) throws -> String {
        let query = Self.pairs(Array(location.split(separator: "?", maxSplits: 1)[1].utf8))
        let seconds = now.milliseconds / 1_000
        var claims: [String: String?] = [
            "iss": "\"\(issuer)\"", "aud": "\"latchkey\"", "sub": "\"7\"",
            "nonce": "\"\(query["nonce"] ?? "")\"", "email": "\"\(email)\"",
            "email_verified": "true", "iat": "\(seconds)", "exp": "\(seconds + 60)",
        ]
        claims.merge(change) { $1 }
        let code = UUID().uuidString
        let granted = Granted(query: query, claims: claims)
        log.change { $0.codes[code] = granted }
        return "code=\(code)&state=\(try #require(query["state"]))"
    }
}

/// Runs `test` with a gateway that signs people in at a provider.
func withProvider(
    secret: String? = "s e:cret", extra: [String: String] = [:], throughEdge: Bool = false,
    _ test: (GatewayWorld, FakeProvider, FakeLinks) async throws -> Void
) async throws {
    let provider = try await FakeProvider()
    try await ending(with: provider.server.stop) {
        let links = FakeLinks()
        var values = [
            "LATCHKEY_OIDC_ISSUER": provider.issuer, "LATCHKEY_OIDC_CLIENT_ID": "latchkey",
            "LATCHKEY_OIDC_NAME": "Acme <Login>", "LATCHKEY_SIGNUP": "closed",
            "LATCHKEY_PUBLIC_URL": "https://api.example.com/access",
        ]
        values["LATCHKEY_OIDC_CLIENT_SECRET"] = secret
        try await withGateway(
            extra: values.merging(extra) { $1 }, links: links, throughEdge: throughEdge
        ) { try await test($0, provider, links) }
    }
}
