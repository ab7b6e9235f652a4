/// HMAC-SHA-256 (RFC 2104). The two key blocks are hashed once, so that a kept value costs two
/// compressions less for each message.
public struct HMACSHA256: Sendable {
    private let inner: SHA256
    private let outer: SHA256

    /// - Parameter key: of any length; longer than 64 bytes is hashed (RFC 2104 §2).
    public init(key: [UInt8]) {
        var block = key.count > 64 ? SHA256.hash(key) : key
        block += [UInt8](repeating: 0, count: 64 - block.count)
        var inner = SHA256()
        inner.update(block.map { $0 ^ 0x36 })
        var outer = SHA256()
        outer.update(block.map { $0 ^ 0x5C })
        self.inner = inner
        self.outer = outer
    }

    /// 32 bytes. Compare them with `constantTimeEquals`.
    public func authenticate(_ bytes: [UInt8]) -> [UInt8] {
        var inner = self.inner
        inner.update(bytes)
        var outer = self.outer
        outer.update(inner.finalize())
        return outer.finalize()
    }
}

/// Whether `a` and `b` are the same bytes, in a time that depends on their lengths alone: for
/// digests and signatures, whose first difference must not be measurable.
@inline(never)
public func constantTimeEquals(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    guard a.count == b.count else { return false }
    var difference: UInt8 = 0
    for i in a.indices { difference |= a[i] ^ b[i] }
    return difference == 0
}
