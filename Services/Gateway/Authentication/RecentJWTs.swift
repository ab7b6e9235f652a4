import Kernel

/// The digests of the JWTs that came last, as `RecentDigests` has those of our own tokens: nothing
/// that a known one needs takes as long as its SHA-256.
struct RecentJWTs {
    /// Longer ones are refused, and shorter ones are none: of a JWT the signature alone has more.
    static let bytes = 65...maximum
    private static let maximum = 8 * 1_024
    private static let count = 256
    private var entries = [(token: [UInt8], digest: SHA256.Digest)?](repeating: nil, count: count)

    /// - Parameter token: of `bytes`.
    mutating func digest(of token: UnsafeRawBufferPointer) -> SHA256.Digest {
        // The end of a signature is hash enough.
        let end = token.loadUnaligned(fromByteOffset: token.count - 8, as: UInt64.self)
        let more = token.loadUnaligned(fromByteOffset: token.count - 24, as: UInt64.self)
        let place = Int(((end ^ more) &* 0x9E37_79B9_7F4A_7C15) >> 56)
        if let entry = entries[place], Self.areEqual(entry.token, token) { return entry.digest }
        let digest = SHA256.hash(token)
        entries[place] = (Array(token), digest)
        return digest
    }

    /// Takes the same time wherever two tokens of one length differ.
    private static func areEqual(_ a: [UInt8], _ b: UnsafeRawBufferPointer) -> Bool {
        guard a.count == b.count else { return false }
        return a.withUnsafeBytes { a in
            var difference: UInt64 = 0
            let words = b.count / 8
            for i in 0..<words {
                difference |=
                    a.loadUnaligned(fromByteOffset: 8 * i, as: UInt64.self)
                    ^ b.loadUnaligned(fromByteOffset: 8 * i, as: UInt64.self)
            }
            for i in (8 * words)..<b.count { difference |= UInt64(a[i] ^ b[i]) }
            return difference == 0
        }
    }
}
