import Contract
import InvitationsContract
import Kernel
import ServiceKit

/// The identity provider at which people sign in on our pages (OpenID Connect).
public struct OIDCSettings: Sendable, Equatable {
    /// As in `iss`, byte by byte.
    let issuer: String
    let clientId: String
    /// Nil for a public client, which PKCE alone protects.
    let clientSecret: String?
    /// As people know it.
    let name: String
    /// Where the provider sends people back to.
    let redirect: String
}

extension Settings {
    /// Nil if LATCHKEY_OIDC_ISSUER is not set.
    mutating func oidc(_ publicURL: PublicURL?) -> OIDCSettings? {
        let issuer = text(
            "LATCHKEY_OIDC_ISSUER",
            "Identity provider at which people sign in on our pages with OpenID Connect, such as "
                + "https://idp.example.com; needs LATCHKEY_PUBLIC_URL. Its redirect URI is "
                + "<LATCHKEY_PUBLIC_URL>/invitations/signed-in")
        let clientId = text(
            "LATCHKEY_OIDC_CLIENT_ID", "Our client id at LATCHKEY_OIDC_ISSUER")
        let secret = text(
            "LATCHKEY_OIDC_CLIENT_SECRET",
            "Our secret at LATCHKEY_OIDC_ISSUER; none for a public client")
        let name = text(
            "LATCHKEY_OIDC_NAME", default: "single sign-on",
            "What the button says: Continue with …")
        guard let issuer else {
            for (other, value) in [
                ("LATCHKEY_OIDC_CLIENT_ID", clientId), ("LATCHKEY_OIDC_CLIENT_SECRET", secret),
            ] where value != nil {
                reject(other, "needs LATCHKEY_OIDC_ISSUER")
            }
            return nil
        }
        if ProviderURL.descriptions(of: issuer).isEmpty {
            reject(
                "LATCHKEY_OIDC_ISSUER",
                "must be an https URL without a query (http only for a loopback address)")
        }
        if clientId == nil {
            reject("LATCHKEY_OIDC_CLIENT_ID", "is required with LATCHKEY_OIDC_ISSUER")
        }
        if (try? Text.name(name, pointer: "")) == nil {
            reject("LATCHKEY_OIDC_NAME", "must be a name of at most 200 characters")
        }
        guard let publicURL else {
            reject(
                "LATCHKEY_OIDC_ISSUER",
                "needs LATCHKEY_PUBLIC_URL: the provider sends people back there")
            return nil
        }
        return OIDCSettings(
            issuer: issuer, clientId: clientId ?? "", clientSecret: secret, name: name,
            redirect: publicURL.text + LinkRoutes.finishSignIn.path)
    }
}

/// What signs people in at the configured identity provider; nil without one.
func makeOIDC(
    _ settings: GatewaySettings, _ runtime: Runtime, _ time: IssuerKeys.Time
) throws(StartFailure) -> OIDCSignIn? {
    guard let oidc = settings.oidc else { return nil }
    let provider = OIDCProvider(
        oidc, try makeProviderClient(for: "LATCHKEY_OIDC_ISSUER", runtime), time,
        clock: runtime.clock, logger: runtime.logger)
    provider.start()
    return OIDCSignIn(
        provider: provider,
        flows: OIDCFlows(settings.encryptionSecrets, random: runtime.random),
        logger: runtime.logger)
}
