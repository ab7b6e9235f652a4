/// Hides secrets that a database keeps and that must be read again, so that a copied file or backup
/// reveals none of them: ChaCha20-Poly1305 under a key that is derived, for one purpose, from a
/// secret of the installation.
public struct SealingKey: Sendable {
    /// The form of what `seal` gives: this byte, the id of the secret, 12 of nonce, the hidden
    /// bytes, 16 of tag.
    private static let version: UInt8 = 2
    /// The form of earlier values: as `version`, without the id.
    static let versionWithoutID: UInt8 = 1
    private static let nonceLength = 12
    /// With how many bytes a sealed value says which secret sealed it.
    public static let prefixLength = 1 + KeyID.length
    /// How many bytes longer a sealed value is.
    public static let overhead =
        prefixLength + nonceLength + ChaCha20Poly1305.tagLength

    private let cipher: ChaCha20Poly1305
    /// What values begin with that this secret sealed, for whichever purpose.
    public let prefix: [UInt8]

    /// - Parameters:
    ///   - secret: at least 32 bytes that cannot be guessed.
    ///   - purpose: keys of different purposes open nothing of each other.
    public init(secret: [UInt8], purpose: String) {
        let info = Array("latchkey sealing: \(purpose)".utf8)
        let key = HKDF.derive(secret, info: info, count: 32)
        cipher = ChaCha20Poly1305(key: ChaCha20.words(key))
        prefix = Self.prefix(of: KeyID(of: secret))
    }

    /// - Parameter context: where the value belongs, such as table, column and id: moved elsewhere,
    ///   it does not open. It is not hidden and not part of the result.
    public func seal(
        _ plain: [UInt8], for context: String, random: any RandomSource
    ) -> [UInt8] {
        let nonce = ChaCha20Poly1305.Nonce(random: random)
        return prefix + nonce.bytes
            + cipher.seal(plain, nonce: nonce, context: prefix + Array(context.utf8))
    }

    /// nil if the value was changed, belongs elsewhere, or was sealed with another key.
    public func open(_ sealed: [UInt8], for context: String) -> [UInt8]? {
        let isEarlier = sealed.first == Self.versionWithoutID
        let beside = isEarlier ? [Self.versionWithoutID] : prefix
        let end = beside.count + Self.nonceLength
        guard sealed.count >= end + ChaCha20Poly1305.tagLength, sealed.starts(with: beside),
            let nonce = ChaCha20Poly1305.Nonce(Array(sealed[beside.count..<end]))
        else { return nil }
        return cipher.open(
            Array(sealed[end...]), nonce: nonce, context: beside + Array(context.utf8))
    }

    /// What values begin with that the secret with this id sealed.
    public static func prefix(of id: KeyID) -> [UInt8] { [version] + id.bytes }

    /// Which secret sealed a value that begins so; nil for a value of the earlier form.
    public static func keyID(inPrefix prefix: [UInt8]) -> KeyID? {
        guard prefix.count >= prefixLength, prefix[0] == version else { return nil }
        return KeyID(bytes: prefix[1..<prefixLength])
    }
}

extension SealingKey: CustomStringConvertible, CustomReflectable {
    public var description: String { "SealingKey" }
    /// Hides the key from logs and dumps.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// The sealing keys of all secrets of a setting, for one purpose: the first seals, all open.
public struct SealingKeys: Sendable {
    private let keys: [SealingKey]

    /// - Parameter purpose: keys of different purposes open nothing of each other.
    public init(_ secrets: SecretList, purpose: String) {
        keys = secrets.all.map { SealingKey(secret: $0, purpose: purpose) }
    }

    /// What values begin with that the first key sealed.
    public var prefix: [UInt8] { keys[0].prefix }

    /// As `SealingKey.seal`, with the first key.
    public func seal(
        _ plain: [UInt8], for context: String, random: any RandomSource
    ) -> [UInt8] {
        keys[0].seal(plain, for: context, random: random)
    }

    /// nil if the value was changed, belongs elsewhere, or was sealed with none of these keys.
    public func open(_ sealed: [UInt8], for context: String) -> [UInt8]? {
        for key in keys {
            if let plain = key.open(sealed, for: context) { return plain }
        }
        return nil
    }

    /// The same value, sealed with the first key; nil if it does not open.
    public func reseal(
        _ sealed: [UInt8], for context: String, random: any RandomSource
    ) -> [UInt8]? {
        open(sealed, for: context).map { seal($0, for: context, random: random) }
    }
}
