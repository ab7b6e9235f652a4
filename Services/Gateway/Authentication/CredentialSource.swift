import Kernel
import ServiceKit

/// Where authentication finds tokens and users: the gateway's own database (`TokenLookup`), or that
/// of the primary gateway (`LeasedCredentials`).
protocol CredentialSource: Sendable {
    var clock: any Clock { get }
    /// Another one whenever what was found before may have changed. It is read before anything is
    /// looked up.
    var generation: Int { get }
    /// Whether something can be unknown here, and has to be asked for.
    var asks: Bool { get }

    func grant(of digest: SHA256.Digest) throws(Fault) -> FoundCredential<TokenGrant>
    /// - Parameter name: an id, or `ext:` and an external id.
    func user(named name: String) throws(Fault) -> FoundCredential<NamedUser>
    /// As `grant` and `user`, by asking for it.
    func askForGrant(of digest: SHA256.Digest) async throws(Fault) -> TokenGrant?
    func askForUser(named name: String) async throws(Fault) -> NamedUser?

    /// Records that a token was used.
    func recordUse(of tokenId: String, at time: Timestamp)
}

/// What is known of a token or a user at once.
enum FoundCredential<Value: Sendable>: Sendable {
    /// nil: there is none.
    case known(Value?)
    /// Only by asking for it.
    case unknown
}
