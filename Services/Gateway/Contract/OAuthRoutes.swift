import Contract
import Kernel

/// What programs that speak OAuth 2.0 need: who issues tokens for this API, whether a token is
/// valid, and an end to it.
public enum OAuthRoutes {
    public static let group = EndpointGroup(
        "OAuth",
        "For programs that speak OAuth 2.0: the metadata of this API as a protected resource "
            + "(RFC 9728), token introspection (RFC 7662) and revocation (RFC 7009). Errors are "
            + "those of OAuth, and unknown members are ignored.",
        [metadata, introspect, revoke])

    public static let all = group.endpoints + [metadataBelow]

    /// Where the metadata is, below the public URL.
    public static let metadataPath = "/.well-known/oauth-protected-resource"

    public static let metadata = Endpoint(
        "getProtectedResource", .get, metadataPath, access: .open, errors: .oauth,
        summary: "Get who issues tokens for this API",
        details: "401 responses lead here (`resource_metadata`). Needs `LATCHKEY_PUBLIC_URL` and "
            + "`LATCHKEY_JWT_ISSUERS`; 404 without them.",
        answers: .ok(ProtectedResourceBody.self, "The issuers and scopes."), problems: [.notFound])
    public static let metadataBelow = Endpoint(
        "getProtectedResourceBelow", .get, metadataPath + "/{path}", access: .open, errors: .oauth,
        summary: "Get who issues tokens for this API, if the public URL has a path",
        answers: .ok(ProtectedResourceBody.self, "The issuers and scopes."), problems: [.notFound])

    public static let introspect = Endpoint(
        "checkToken", .post, "/oauth2/introspect", scopes: ["access:check"], readsOnly: true,
        bodyLimit: Endpoint.smallBody, errors: .oauth,
        summary: "Get whether a token is valid, and what it can do",
        details: "For the platform's other services, which get the same tokens: API tokens, "
            + "sessions, and JWTs of the configured issuers. A token that is unknown, expired or "
            + "revoked, or whose user is suspended, is `active: false` alone.",
        takes: .form(IntrospectionBody.self),
        answers: .ok(IntrospectedBody.self, "What is known of the token."))
    public static let revoke = Endpoint(
        "revokeToken", .post, "/oauth2/revoke", access: .open, errors: .oauth,
        summary: "Revoke a token",
        details: "The holder of an API token or a session can end it. The response is the same "
            + "whether or not there was such a token. JWTs can't be revoked here: "
            + "`unsupported_token_type`.",
        takes: .form(RevocationBody.self),
        answers: .done("The token is not valid, or not any longer."))
}
