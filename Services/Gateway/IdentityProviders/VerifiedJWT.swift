import JOSE
import Kernel

/// What a JWT says that an issuer has signed for us.
struct VerifiedJWT: Sendable, Equatable {
    /// In audits and logs, in place of a token's id. Ids of stored tokens begin otherwise.
    static let idPrefix = "jwt_"

    /// The same for each use of the token.
    let id: String
    let issuer: String
    /// Of the user.
    let externalId: String
    let scopes: [String]
    /// With the leeway.
    let expiresAt: Timestamp
    /// Nil if users of this issuer are not created.
    let newcomer: Newcomer?

    /// Who a user would be who doesn't exist yet.
    struct Newcomer: Sendable, Equatable {
        /// Nil if the issuer hasn't verified that it is the user's.
        let email: String?
        /// As the issuer has them: neither has to be one of ours.
        let username: String?
        let displayName: String?
    }

    static func id(of digest: SHA256.Digest) -> String {
        idPrefix + Base62.encode(Array(digest.bytes.prefix(16)), width: 22)
    }
}

extension VerifiedJWT.Newcomer {
    init(_ claims: JWTClaims) {
        self.init(
            email: claims.isTrue("email_verified") ? claims.text("email") : nil,
            username: claims.text("preferred_username"), displayName: claims.text("name"))
    }
}
