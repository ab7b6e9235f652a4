import Kernel

/// The two secrets that lead to an invitation.
///
/// The token of the `accept_url` is computed from the invitation's id, its generation and a key; it
/// isn't stored. It shows the invitation; accepting also requires the invited address. The claim is
/// random, sent only in the e-mail, and stored as its SHA-256: having it proves access to the
/// mailbox.
struct InvitationSecrets: Sendable {
    private let mac: HMACSHA256

    init(secret: [UInt8]) {
        let key = HMACSHA256(key: secret).authenticate(Array("latchkey invitation links".utf8))
        mac = HMACSHA256(key: key)
    }

    // MARK: Tokens

    func token(of invitation: Invitation) -> String {
        token(invitation.id, generation: invitation.generation)
    }

    /// Shows the invitation; responding also requires the invited address. Resending keeps it.
    func token(of invitation: WorkspaceInvitation) -> String {
        token(invitation.id, generation: 1)
    }

    private func token(_ id: String, generation: Int) -> String {
        let tag = mac.authenticate(Array("\(id)\n\(generation)".utf8))
        return "\(id).\(Base64URL.encode(tag))"
    }

    /// The id in a token or claim, before the secret is checked.
    static func id(in secret: String) -> String? {
        let id = String(secret.prefix { $0 != "." })
        return IDMinter.isWellFormed(id, prefix: "inv_") ? id : nil
    }

    /// The same for an invitation to a workspace.
    static func workspaceInvitationId(in token: String) -> String? {
        IDMinter.uuid(String(token.prefix { $0 != "." }))
    }

    func matches(_ token: String, _ invitation: WorkspaceInvitation) -> Bool {
        constantTimeEquals(Array(self.token(of: invitation).utf8), Array(token.utf8))
    }

    enum Match {
        case current
        /// From an e-mail before the latest.
        case former
        case none
    }

    func match(_ token: String, _ invitation: Invitation) -> Match {
        func isToken(_ generation: Int) -> Bool {
            constantTimeEquals(
                Array(self.token(invitation.id, generation: generation).utf8), Array(token.utf8))
        }
        if isToken(invitation.generation) { return .current }
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
