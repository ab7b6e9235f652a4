import Kernel

/// The two secrets that lead to an invitation.
///
/// The token of the `accept_url` is computed, not kept: from the invitation's id, its generation
/// and a key. It shows the invitation; accepting takes the invited address besides. The claim is
/// random, stands in the mail alone, and is kept as its SHA-256: whoever has it has the mailbox.
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

    /// It shows the invitation; answering takes the invited mailbox besides. Mailed again it is the
    /// same.
    func token(of invitation: WorkspaceInvitation) -> String {
        token(invitation.id, generation: 1)
    }

    private func token(_ id: String, generation: Int) -> String {
        let tag = mac.authenticate(Array("\(id)\n\(generation)".utf8))
        return "\(id).\(Base64URL.encode(tag))"
    }

    /// Which invitation a token or claim says that it is of; still to be proved.
    static func id(in secret: String) -> String? {
        let id = String(secret.prefix { $0 != "." })
        return IDMinter.isWellFormed(id, prefix: "inv_") ? id : nil
    }

    /// The same of an invitation to a workspace.
    static func workspaceInvitationId(in token: String) -> String? {
        IDMinter.uuid(String(token.prefix { $0 != "." }))
    }

    func matches(_ token: String, _ invitation: WorkspaceInvitation) -> Bool {
        constantTimeEquals(Array(self.token(of: invitation).utf8), Array(token.utf8))
    }

    enum Match {
        case current
        /// Of a mail before the last.
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
