import Kernel

/// The secrets that lead to invitations.
///
/// The token of a link is computed from the invitation's id, the generation of its link and a key;
/// it isn't stored. While a secret is being replaced, the link has a token for each secret. It
/// shows the invitation; responding also requires the invited address.
package struct InvitationSecrets: Sendable {
    private let keys: MACKeys
    private let ids: [KeyID]
    /// Of the digests of former links that a row has.
    private static let maximum = SecretList.maximum

    package init(_ secrets: SecretList) {
        keys = MACKeys(secrets, purpose: "latchkey invitation links")
        ids = secrets.ids
    }

    package func token(of id: String, generation: Int) -> String {
        Self.text(id, keys.authenticate(Self.message(id, generation)))
    }

    // MARK: What is stored of a link

    /// Names the secret that makes links, as sealed values name theirs. It is stored with each
    /// link; the digests of its tokens by former secrets follow (`renewed`).
    package var linkKey: [UInt8] { SealingKey.prefix(of: ids[0]) }

    /// What is stored of a link that another secret made: names the first, and recognises the
    /// tokens of the others once they are removed.
    /// - Parameter linkKey: empty for a link from before this was stored, which any secret but
    ///   the first can have made.
    package func renewed(_ linkKey: [UInt8], of id: String, generation: Int) -> [UInt8] {
        let maker = SealingKey.keyID(inPrefix: linkKey)
        let made = zip(ids, keys.all(Self.message(id, generation))).dropFirst()
            .filter { maker == nil || $0.0 == maker }
            .flatMap { SHA256.hash(Array(Self.text(id, $0.1).utf8)) }
        let digests = Array(linkKey.dropFirst(SealingKey.prefixLength)) + made
        return self.linkKey + digests.suffix(32 * Self.maximum)
    }

    /// Whether it is the token of a link, made by one of the secrets or by a former one.
    package func isToken(
        _ token: String, of id: String, generation: Int, linkKey: [UInt8]
    ) -> Bool {
        let digest = SHA256.hash(Array(token.utf8))
        let digests = Array(linkKey.dropFirst(SealingKey.prefixLength))
        let isFormer = stride(from: 0, to: digests.count, by: 32).contains {
            constantTimeEquals(digest, Array(digests[$0...].prefix(32)))
        }
        return isToken(token, of: id, generation: generation) || isFormer
    }

    package func isToken(_ token: String, of id: String, generation: Int) -> Bool {
        let beginning = Array("\(id).".utf8)
        guard token.utf8.starts(with: beginning),
            let tag = Base64URL.decode(Array(token.utf8)[beginning.count...])
        else { return false }
        return keys.verify(tag, of: Self.message(id, generation))
    }

    private static func text(_ id: String, _ tag: [UInt8]) -> String {
        "\(id).\(Base64URL.encode(tag))"
    }

    private static func message(_ id: String, _ generation: Int) -> [UInt8] {
        Array("\(id)\n\(generation)".utf8)
    }
}
