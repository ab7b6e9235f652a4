import Kernel
import ServiceKit

/// What an issuer says of itself (OpenID Connect Discovery 1.0 §3, RFC 8414 §2), as far as it is of
/// use.
struct ProviderDescription: Sendable {
    let keys: ProviderURL
    /// Nil for an issuer that nobody signs in at.
    let authorization: ProviderURL?
    let token: ProviderURL?
    /// Whether its redirects name it (RFC 9207).
    let namesItself: Bool
    /// How clients authenticate at `token`.
    let authenticationMethods: [String]

    /// - Throws: for what is no description of this issuer: it must name itself exactly so.
    init(_ json: [UInt8], of issuer: String) throws(ProviderFailure) {
        guard let body = try? JSON.decode(Body.self, json) else {
            throw ProviderFailure(description: "\(issuer): the description is not valid JSON")
        }
        guard body.issuer == issuer else {
            throw ProviderFailure(description: "\(issuer): the description is another issuer's")
        }
        guard let keys = ProviderURL(body.keys) else {
            throw ProviderFailure(description: "\(issuer): jwks_uri is not an https URL")
        }
        self.keys = keys
        authorization = body.authorization.flatMap(ProviderURL.init)
        token = body.token.flatMap(ProviderURL.init)
        namesItself = body.namesItself ?? false
        authenticationMethods =
            body.authenticationMethods ?? ["client_secret_basic"]
    }

    /// Asks the issuer.
    static func fetch(
        _ issuer: String, by client: ProviderClient
    ) async throws(ProviderFailure) -> ProviderDescription {
        var failure = ProviderFailure(description: "\(issuer): not a URL with a description")
        for url in ProviderURL.descriptions(of: issuer) {
            do throws(ProviderFailure) {
                return try ProviderDescription(try await client.get(url), of: issuer)
            } catch {
                failure = error
                // Only where there is none is it looked for elsewhere.
                guard error.status == 404 else { break }
            }
        }
        throw failure
    }

    private struct Body: Decodable {
        let issuer: String
        let keys: String
        let authorization: String?
        let token: String?
        let namesItself: Bool?
        let authenticationMethods: [String]?

        private enum CodingKeys: String, CodingKey {
            case issuer
            case keys = "jwks_uri"
            case authorization = "authorization_endpoint"
            case token = "token_endpoint"
            case namesItself = "authorization_response_iss_parameter_supported"
            case authenticationMethods = "token_endpoint_auth_methods_supported"
        }
    }
}
