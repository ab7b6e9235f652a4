import Kernel

/// Makes ids of traces and spans: xoshiro256** (https://prng.di.unimi.it). Whose 256 bits of state
/// come from the system repeats nobody's ids. Not shared between threads.
public struct TraceIDs: Sendable {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    public init(random: any RandomSource) {
        let seed = random.bytes(32).withUnsafeBytes { bytes in
            (0..<4).map { bytes.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self) }
        }
        // The generator would never leave a state of zeros.
        state = (seed[0] | 1, seed[1], seed[2], seed[3])
    }

    /// Never zero, which is no id.
    public mutating func next() -> UInt64 {
        let result = Self.rotated(state.1 &* 5, 7) &* 9
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = Self.rotated(state.3, 45)
        return result == 0 ? next() : result
    }

    private static func rotated(_ value: UInt64, _ bits: UInt64) -> UInt64 {
        value << bits | value >> (64 - bits)
    }
}
