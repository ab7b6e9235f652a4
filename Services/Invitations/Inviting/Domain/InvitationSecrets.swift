import Kernel

/// The secrets that lead to invitations.
///
/// The token of a link is computed from the invitation's id, the generation of its link and a key;
/// it isn't stored. It shows the invitation; responding also requires the invited address.
package struct InvitationSecrets: Sendable {
    private let mac: HMACSHA256

    package init(secret: [UInt8]) {
        let key = HMACSHA256(key: secret).authenticate(Array("latchkey invitation links".utf8))
        mac = HMACSHA256(key: key)
    }

    package func token(of id: String, generation: Int) -> String {
        let tag = mac.authenticate(Array("\(id)\n\(generation)".utf8))
        return "\(id).\(Base64URL.encode(tag))"
    }

    package func isToken(_ token: String, of id: String, generation: Int) -> Bool {
        constantTimeEquals(
            Array(self.token(of: id, generation: generation).utf8), Array(token.utf8))
    }
}
