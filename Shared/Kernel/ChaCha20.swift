/// ChaCha20 (RFC 8439 §2.3 and §2.4): 64 bytes to hide a message with, for each key, nonce and
/// block number. It hides and does not protect from change: use `ChaCha20Poly1305`.
struct ChaCha20 {
    /// The rows of the matrix in §2.3: constants, two of key, block number and nonce.
    private let rows: (SIMD4<UInt32>, SIMD4<UInt32>, SIMD4<UInt32>, SIMD4<UInt32>)

    /// - Parameters:
    ///   - key: 8 words (RFC 8439 §2.3), as `words` reads them.
    ///   - nonce: 3 words; the first lane is for the block number and is 0.
    init(key: SIMD8<UInt32>, nonce: SIMD4<UInt32>) {
        // "expand 32-byte k"
        let constants = SIMD4<UInt32>(0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574)
        rows = (constants, key.lowHalf, key.highHalf, nonce)
    }

    /// Little-endian words; what is missing of 32 bytes is 0, what is more is left out.
    static func words(_ bytes: some Sequence<UInt8>) -> SIMD8<UInt32> {
        var words = SIMD8<UInt32>()
        for (i, byte) in bytes.prefix(32).enumerated() {
            words[i / 4] |= UInt32(byte) &<< UInt32(i % 4 * 8)
        }
        return words
    }

    /// `bytes` hidden, or shown again. Block numbers wrap after 2³², which is 256 GiB.
    func xor(_ bytes: [UInt8], from counter: UInt32) -> [UInt8] {
        var result = bytes
        var counter = counter
        var start = 0
        while start < bytes.count {
            let mask = block(counter)
            for i in start..<min(start + 64, bytes.count) { result[i] ^= mask[i - start] }
            counter &+= 1
            start += 64
        }
        return result
    }

    /// 64 bytes (§2.3).
    func block(_ counter: UInt32) -> [UInt8] {
        var (a, b, c, d) = rows
        d[0] = counter
        let first = (a, b, c, d)
        for _ in 0..<10 {
            Self.quarterRounds(&a, &b, &c, &d)
            // The diagonals become columns, and columns again afterwards.
            (b, c, d) = (Self.turn(b, 1), Self.turn(c, 2), Self.turn(d, 3))
            Self.quarterRounds(&a, &b, &c, &d)
            (b, c, d) = (Self.turn(b, 3), Self.turn(c, 2), Self.turn(d, 1))
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(64)
        for row in [a &+ first.0, b &+ first.1, c &+ first.2, d &+ first.3] {
            for i in row.indices {
                withUnsafeBytes(of: row[i].littleEndian) { bytes.append(contentsOf: $0) }
            }
        }
        return bytes
    }

    /// Four quarter rounds (§2.1) at once, one on each column.
    static func quarterRounds(
        _ a: inout SIMD4<UInt32>, _ b: inout SIMD4<UInt32>, _ c: inout SIMD4<UInt32>,
        _ d: inout SIMD4<UInt32>
    ) {
        a = a &+ b
        d = rotate(d ^ a, 16)
        c = c &+ d
        b = rotate(b ^ c, 12)
        a = a &+ b
        d = rotate(d ^ a, 8)
        c = c &+ d
        b = rotate(b ^ c, 7)
    }

    private static func rotate(_ x: SIMD4<UInt32>, _ bits: UInt32) -> SIMD4<UInt32> {
        x &<< bits | x &>> (32 &- bits)
    }

    /// Moves every lane `count` places down.
    private static func turn(_ x: SIMD4<UInt32>, _ count: Int) -> SIMD4<UInt32> {
        SIMD4(x[count & 3], x[(count + 1) & 3], x[(count + 2) & 3], x[(count + 3) & 3])
    }
}
