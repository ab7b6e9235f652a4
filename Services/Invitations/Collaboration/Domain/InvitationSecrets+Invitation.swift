import Inviting
import Kernel

/// The two secrets that lead to an invitation to an entity: the token of the `accept_url`, and the
/// claim. The claim is random, sent only in the e-mail, and stored as its SHA-256: having it proves
/// access to the mailbox.
extension InvitationSecrets {
    func token(of invitation: Invitation) -> String {
        token(of: invitation.id, generation: invitation.generation)
    }

    /// The id in a token or claim, before the secret is checked.
    static func id(in secret: String) -> String? {
        let id = String(secret.prefix { $0 != "." })
        return IDMinter.isWellFormed(id, prefix: "inv_") ? id : nil
    }

    enum Match {
        case current
        /// From an e-mail before the latest.
        case former
        case none
    }

    func match(_ token: String, _ invitation: Invitation) -> Match {
        func isToken(_ generation: Int) -> Bool {
            self.isToken(token, of: invitation.id, generation: generation)
        }
        let isCurrent = self.isToken(
            token, of: invitation.id, generation: invitation.generation,
            linkKey: invitation.linkKey)
        if isCurrent { return .current }
        return (1..<max(1, invitation.generation)).contains(where: isToken) ? .former : .none
    }

    // MARK: Claims

    static func makeClaim(of id: String, _ random: any RandomSource) -> String {
        "\(id).\(Base64URL.encode(random.bytes(32)))"
    }

    static func digest(_ claim: String) -> [UInt8] { SHA256.hash(Array(claim.utf8)) }

    static func matches(_ claim: String, _ invitation: Invitation) -> Bool {
        guard let digest = invitation.claimDigest else { return false }
        return constantTimeEquals(digest, self.digest(claim))
    }
}
