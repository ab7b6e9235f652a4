/// Hides secrets that a database keeps and that must be read again, so that a copied file or backup
/// reveals none of them: ChaCha20-Poly1305 under a key that is derived, for one purpose, from the
/// installation's secret.
public struct SealingKey: Sendable {
    /// The form of what `seal` gives: this byte, 12 of nonce, the hidden bytes, 16 of tag.
    private static let version: UInt8 = 1
    private static let nonceEnd = 13
    /// How many bytes longer a sealed value is.
    public static let overhead = nonceEnd + ChaCha20Poly1305.tagLength

    private let cipher: ChaCha20Poly1305

    /// - Parameters:
    ///   - secret: at least 32 bytes that cannot be guessed.
    ///   - purpose: keys of different purposes open nothing of each other.
    public init(secret: [UInt8], purpose: String) {
        let info = Array("latchkey sealing: \(purpose)".utf8)
        let key = HKDF.derive(secret, info: info, count: 32)
        cipher = ChaCha20Poly1305(key: ChaCha20.words(key))
    }

    /// - Parameter context: where the value belongs, such as table, column and id: moved elsewhere,
    ///   it does not open. It is not hidden and not part of the result.
    public func seal(
        _ plain: [UInt8], for context: String, random: any RandomSource
    ) -> [UInt8] {
        let nonce = ChaCha20Poly1305.Nonce(random: random)
        return [Self.version] + nonce.bytes
            + cipher.seal(plain, nonce: nonce, context: Self.beside(context))
    }

    /// nil if the value was changed, belongs elsewhere, or was sealed with another key.
    public func open(_ sealed: [UInt8], for context: String) -> [UInt8]? {
        guard sealed.count >= Self.overhead, sealed[0] == Self.version,
            let nonce = ChaCha20Poly1305.Nonce(Array(sealed[1..<Self.nonceEnd]))
        else { return nil }
        return cipher.open(
            Array(sealed[Self.nonceEnd...]), nonce: nonce, context: Self.beside(context))
    }

    private static func beside(_ context: String) -> [UInt8] { [version] + Array(context.utf8) }
}

extension SealingKey: CustomStringConvertible, CustomReflectable {
    public var description: String { "SealingKey" }
    /// Hides the key from logs and dumps.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
