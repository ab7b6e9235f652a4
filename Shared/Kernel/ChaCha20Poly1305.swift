/// The AEAD of RFC 8439 §2.8: encrypts a message, and detects a change of it or of the text beside
/// it. The toolchain has none of its own on Linux.
public struct ChaCha20Poly1305: Sendable {
    /// 12 bytes. No two messages under one key may have the same: of random ones, that holds for
    /// 2³² messages with a risk of 2⁻³³.
    public struct Nonce: Sendable, Hashable {
        /// The 12 bytes.
        public let bytes: [UInt8]

        /// nil unless there are 12.
        public init?(_ bytes: [UInt8]) {
            guard bytes.count == 12 else { return nil }
            self.bytes = bytes
        }

        /// A new random nonce.
        public init(random: any RandomSource) { bytes = random.bytes(12) }

        var words: SIMD4<UInt32> { ChaCha20.words([0, 0, 0, 0] + bytes).lowHalf }
    }

    static let tagLength = 16
    private let key: SIMD8<UInt32>

    /// nil unless the key has 32 bytes.
    public init?(key: [UInt8]) {
        guard key.count == 32 else { return nil }
        self.init(key: ChaCha20.words(key))
    }

    init(key: SIMD8<UInt32>) { self.key = key }

    /// - Parameter context: what is not hidden and must be the same when it is opened.
    /// - Returns: as many bytes as `plain` has, and 16 of tag.
    public func seal(_ plain: [UInt8], nonce: Nonce, context: [UInt8]) -> [UInt8] {
        let cipher = ChaCha20(key: key, nonce: nonce.words)
        let hidden = cipher.xor(plain, from: 1)
        return hidden + Self.tag(of: hidden, context: context, cipher)
    }

    /// nil if anything differs from what was sealed.
    public func open(_ sealed: [UInt8], nonce: Nonce, context: [UInt8]) -> [UInt8]? {
        guard sealed.count >= Self.tagLength else { return nil }
        let cipher = ChaCha20(key: key, nonce: nonce.words)
        let hidden = Array(sealed.dropLast(Self.tagLength))
        let tag = Self.tag(of: hidden, context: context, cipher)
        guard constantTimeEquals(tag, Array(sealed.suffix(Self.tagLength))) else { return nil }
        return cipher.xor(hidden, from: 1)
    }

    /// §2.8: the key of the tag is half of block 0 (§2.6).
    private static func tag(
        of hidden: [UInt8], context: [UInt8], _ cipher: ChaCha20
    ) -> [UInt8] {
        var message = context + padding(context.count) + hidden + padding(hidden.count)
        for count in [context.count, hidden.count] {
            withUnsafeBytes(of: UInt64(count).littleEndian) { message.append(contentsOf: $0) }
        }
        return Poly1305.authenticate(message, key: Array(cipher.block(0).prefix(32)))
    }

    /// Zeros up to a multiple of 16.
    private static func padding(_ count: Int) -> [UInt8] {
        [UInt8](repeating: 0, count: (16 - count % 16) % 16)
    }
}

// The key must not get into a log by way of a value that holds it.
extension ChaCha20Poly1305: CustomStringConvertible, CustomReflectable {
    public var description: String { "ChaCha20Poly1305" }
    /// Hides the key from logs and dumps.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
