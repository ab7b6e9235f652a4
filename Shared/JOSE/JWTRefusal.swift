/// Why a JWT is not accepted.
public enum JWTRefusal: String, Error, Sendable, CaseIterable {
    case malformed
    case algorithm
    case critical
    case type
    /// `iss` is missing, or is nobody's whose tokens are accepted.
    case issuer
    /// No key of the issuer has the name.
    case unknownKey = "unknown_key"
    /// The key with the name is of another kind, or for another use.
    case unusableKey = "unusable_key"
    case signature
    case audience
    case expired
    /// By `nbf` or `iat`.
    case early
    /// A claim is missing, or is of the wrong type.
    case claims
    /// Only whoever proves another key can use it (RFC 7800), and such proofs are not checked.
    case bound

    /// For the token's client. Says nothing that isn't in the token.
    public var sentence: String {
        switch self {
        case .malformed: "The token is not a well-formed JWT (RFC 7519) of at most 8 KiB."
        case .algorithm: "The token's algorithm (alg) must be RS256 or ES256."
        case .critical: "The token has an extension (crit) that is not supported."
        case .type: "The token's type (typ) must be JWT or at+jwt."
        case .issuer: "The token's issuer (iss) is not one whose tokens are accepted here."
        case .unknownKey: "The token's issuer has no key with the token's kid."
        case .unusableKey: "The token's key (kid) is not one for signatures with its algorithm."
        case .signature: "The token's signature is not valid."
        case .audience: "The token is for another audience (aud)."
        case .expired: "The token has expired (exp)."
        case .early: "The token is not valid yet (nbf, iat)."
        case .claims: "The token lacks a claim, or has one of the wrong type."
        case .bound: "The token is bound to a key (cnf), and proofs of keys are not supported."
        }
    }
}
