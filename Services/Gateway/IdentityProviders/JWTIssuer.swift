import GatewayContract
import Kernel
import ServiceKit

/// An issuer whose JWTs are accepted as bearer tokens, as LATCHKEY_JWT_ISSUERS names it.
public struct JWTIssuer: Sendable, Equatable {
    /// As in `iss`, byte by byte.
    let name: String
    /// Who its tokens must be for.
    let audience: String
    /// Where its keys are; nil to find them by its description.
    let keys: ProviderURL?
    /// The claim that is the external id of the user.
    let externalClaim: String
    /// Of tokens that name none of ours.
    let scopes: [String]
    /// Whether users who don't exist yet are created.
    let provisions: Bool
}

extension JWTIssuer {
    static let setting = "LATCHKEY_JWT_ISSUERS"

    static let meaning =
        "Issuers whose JWTs are accepted as bearer tokens, separated by spaces or line breaks, "
        + "each as in https://idp.example.com;audience=https://api.example.com. The audience is "
        + "required; optional: jwks=<URL of the keys>, external=<claim with the user's externalId> "
        + "(sub), scopes=<scopes of tokens that name none, separated by commas>, provision=true "
        + "(create unknown users with a verified e-mail address)"

    /// - Throws: the rule that the text breaks.
    init(_ text: Substring) throws(Mistake) {
        let parts = text.split(separator: ";", omittingEmptySubsequences: false)
        name = String(parts[0])
        guard let url = ProviderURL(name), !url.target.contains("?") else {
            throw Mistake(
                "must begin with an https URL without a query (http only for a loopback address)")
        }
        var options: [String: String] = [:]
        for part in parts.dropFirst() {
            let pair = part.split(separator: "=", maxSplits: 1).map(String.init)
            guard pair.count == 2, Self.options.contains(pair[0]) else {
                let known = Self.options.map { "\($0)=…" }.joined(separator: ", ")
                throw Mistake("must have options such as \(known), not \(part)")
            }
            guard options.updateValue(pair[1], forKey: pair[0]) == nil else {
                throw Mistake("must not have \(pair[0]) twice")
            }
        }
        guard let audience = options["audience"] else {
            throw Mistake(
                "must have audience=…: without it, tokens for any other API would be accepted")
        }
        self.audience = audience
        keys = options["jwks"].flatMap(ProviderURL.init)
        if options["jwks"] != nil, keys == nil { throw Mistake("must have an https URL as jwks") }
        externalClaim = options["external"] ?? "sub"
        scopes = (options["scopes"] ?? "").split(separator: ",").map(String.init)
        if let unknown = scopes.first(where: { !Scopes.known.contains($0) }) {
            throw Mistake("has an unknown scope: \(unknown)")
        }
        guard let provisions = Bool(options["provision"] ?? "false") else {
            throw Mistake("must have true or false as provision")
        }
        self.provisions = provisions
    }

    private static let options = ["audience", "jwks", "external", "scopes", "provision"]

    struct Mistake: Error {
        let rule: String

        init(_ rule: String) { self.rule = rule }
    }
}

extension Settings {
    /// LATCHKEY_JWT_ISSUERS; empty if it is not set.
    mutating func jwtIssuers() -> [JWTIssuer] {
        let text = text(JWTIssuer.setting, default: "", JWTIssuer.meaning)
        var issuers: [JWTIssuer] = []
        for part in text.split(whereSeparator: \.isWhitespace) {
            do throws(JWTIssuer.Mistake) {
                let issuer = try JWTIssuer(part)
                if issuers.contains(where: { $0.name == issuer.name }) {
                    reject(JWTIssuer.setting, "must not have \(issuer.name) twice")
                }
                issuers.append(issuer)
            } catch {
                reject(JWTIssuer.setting, "(issuer \(issuers.count + 1)) \(error.rule)")
            }
        }
        return issuers
    }
}

extension GatewaySettings {
    /// Where clients learn who issues tokens for this API (RFC 9728 §5.1); nil if nobody does, or
    /// without LATCHKEY_PUBLIC_URL.
    var resourceMetadata: String? {
        guard let publicURL = common.publicURL, !jwtIssuers.isEmpty else { return nil }
        return publicURL.text + OAuthRoutes.metadataPath
    }
}
