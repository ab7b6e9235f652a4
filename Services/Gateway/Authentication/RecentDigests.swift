import Kernel

/// The digests of the tokens that came last: SHA-256 takes longer than all else that a known token
/// needs. Forgets a token when another one takes its place; holds them in memory alone.
struct RecentDigests {
    /// Room for every token, by words: equality takes the same time wherever two differ.
    private typealias Words = [8 of UInt64]

    private static let maximum = 256
    private var entries = [(token: Words, digest: SHA256.Digest)?](
        repeating: nil, count: maximum)

    /// The SHA-256 of a token; nil for what can be none.
    mutating func digest(of token: UnsafeRawBufferPointer) -> SHA256.Digest? {
        guard token.count <= 64 else { return nil }
        var words = Words(repeating: 0)
        withUnsafeMutableBytes(of: &words) { $0.copyMemory(from: token) }
        // Behind the prefix tokens are random, so those bytes are hash enough.
        let place = Int(((words[1] ^ words[2]) &* 0x9E37_79B9_7F4A_7C15) >> 56)
        if let entry = entries[place], Self.areEqual(entry.token, words) { return entry.digest }
        guard APIToken.isWellFormed(token) else { return nil }
        let digest = SHA256.hash(token)
        entries[place] = (words, digest)
        return digest
    }

    private static func areEqual(_ a: Words, _ b: Words) -> Bool {
        var difference: UInt64 = 0
        for i in 0..<8 { difference |= a[i] ^ b[i] }
        return difference == 0
    }
}
