/// SHA-256 (FIPS 180-4 §6.2), fed in pieces. The toolchain has no digest of its own on Linux.
public struct SHA256: Sendable {
    /// 32 bytes as four big-endian words: a dictionary key that needs no heap.
    public struct Digest: Hashable, Sendable {
        let words: SIMD4<UInt64>

        init(words: SIMD4<UInt64>) { self.words = words }

        /// The digest that `bytes` spell out; nil unless they are 32.
        public init?(bytes: [UInt8]) {
            guard bytes.count == 32 else { return nil }
            var words = SIMD4<UInt64>()
            for (i, byte) in bytes.enumerated() { words[i / 8] = words[i / 8] << 8 | UInt64(byte) }
            self.words = words
        }

        /// The 32 bytes.
        public var bytes: [UInt8] {
            (0..<32).map { UInt8(truncatingIfNeeded: words[$0 / 8] >> UInt64(56 - $0 % 8 * 8)) }
        }

        // A digest is as good as random, so one word of it is hash enough; equality takes all.
        public func hash(into hasher: inout Hasher) { hasher.combine(words[0]) }
    }

    private var state = SHA256Core.initialState
    /// What does not fill a block yet.
    private var pending = [64 of UInt8](repeating: 0)
    private var pendingCount = 0
    private var total: UInt64 = 0

    public init() {}

    /// Hashes more bytes.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard var next = bytes.baseAddress, bytes.count > 0 else { return }
        var left = bytes.count
        total &+= UInt64(left)
        if pendingCount > 0 {
            let taken = min(64 - pendingCount, left)
            fill(from: next, count: taken)
            next += taken
            left -= taken
            guard pendingCount == 64 else { return }
            compressPending()
        }
        let blocks = left / 64
        if blocks > 0 {
            SHA256Core.compress(&state, next, blocks: blocks)
            next += blocks * 64
            left -= blocks * 64
        }
        fill(from: next, count: left)
    }

    /// Hashes more bytes.
    public mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { update($0) }
    }

    /// Hashes more bytes.
    public mutating func update(_ bytes: some Sequence<UInt8>) {
        let done: Void? = bytes.withContiguousStorageIfAvailable {
            update(UnsafeRawBufferPointer($0))
        }
        if done == nil { update(Array(bytes)) }
    }

    /// The digest of all that was fed; the value must not be used again.
    public mutating func finalize() -> [UInt8] { finalizeDigest().bytes }

    /// As `finalize()`, without an array.
    public mutating func finalizeDigest() -> Digest {
        let bits = total &* 8
        pending[pendingCount] = 0x80
        pendingCount += 1
        if pendingCount > 56 {
            zeroPending(upTo: 64)
            compressPending()
        }
        zeroPending(upTo: 56)
        for i in 0..<8 {
            pending[56 + i] = UInt8(truncatingIfNeeded: bits >> UInt64(56 - 8 * i))
        }
        compressPending()
        let high = SIMD4<UInt64>(truncatingIfNeeded: state.evenHalf)
        let low = SIMD4<UInt64>(truncatingIfNeeded: state.oddHalf)
        return Digest(words: high &<< 32 | low)
    }

    /// The digest of `bytes`, 32 bytes.
    public static func hash(_ bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBytes { hash($0) }.bytes
    }

    /// The digest of `buffer`.
    public static func hash(_ buffer: UnsafeRawBufferPointer) -> Digest {
        var hasher = SHA256()
        hasher.update(buffer)
        return hasher.finalizeDigest()
    }

    private mutating func fill(from source: UnsafeRawPointer, count: Int) {
        for i in 0..<count {
            pending[pendingCount + i] = source.load(fromByteOffset: i, as: UInt8.self)
        }
        pendingCount += count
    }

    private mutating func zeroPending(upTo end: Int) {
        while pendingCount < end {
            pending[pendingCount] = 0
            pendingCount += 1
        }
    }

    private mutating func compressPending() {
        withUnsafeBytes(of: &pending) { block in
            if let start = block.baseAddress { SHA256Core.compress(&state, start, blocks: 1) }
        }
        pendingCount = 0
    }
}
