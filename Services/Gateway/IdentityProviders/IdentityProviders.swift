import ServiceKit

/// What the configured identity providers are used for.
struct IdentityProviders: Sendable {
    /// Bearer tokens; nil without issuers.
    let jwts: JWTSource?
    /// Sign-in on our pages; nil: with a mailed code alone.
    let oidc: OIDCSignIn?

    init(
        _ settings: GatewaySettings, _ runtime: Runtime, _ time: IssuerKeys.Time,
        _ newcomers: Newcomers
    ) throws(StartFailure) {
        jwts = try makeJWTs(settings, runtime, time, create: newcomers.create)
        oidc = try makeOIDC(settings, runtime, time)
    }

    func stop() async {
        await jwts?.verifier.stop()
        await oidc?.provider.stop()
    }
}
