import GatewayContract
import Kernel

/// What binds the code that leads from the identity provider to the console to the tab that began
/// (as PKCE does, RFC 7636).
enum ProviderCodeRule {
    /// Bytes of a SHA-256.
    private static let challengeBytes = 32

    static func isChallenge(_ text: String) -> Bool {
        Base64URL.decode(Array(text.utf8)[...])?.count == challengeBytes
    }

    /// Whether a verifier is the one of a challenge.
    static func matches(_ verifier: String, _ challenge: String) -> Bool {
        let own = Base64URL.encode(SHA256.hash(Array(verifier.utf8)))
        return constantTimeEquals(Array(own.utf8), Array(challenge.utf8))
    }

    static func digest(_ code: String) -> [UInt8] { SHA256.hash(Array(code.utf8)) }
}
