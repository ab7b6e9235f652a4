/// Poly1305 (RFC 8439 §2.5): the code of one message under a key that is never used again. No
/// branch and no table look-up depends on the key or the message, only on the message's length.
enum Poly1305 {
    /// - Parameter key: 32 bytes, r and s; what is missing is 0, what is more is left out.
    /// - Returns: 16 bytes. Compare them with `constantTimeEquals`.
    static func authenticate(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        // §2.5.1 clears these bits of r.
        let r = number(key.prefix(16)) & 0x0fff_fffc_0fff_fffc_0fff_fffc_0fff_ffff
        var accumulator = Accumulator(r: r)
        var start = 0
        while start < message.count {
            let block = message[start..<min(start + 16, message.count)]
            // Every block ends with a one, whose place in a full one is bit 128.
            let isFull = block.count == 16
            let mark = isFull ? 0 : UInt128(1) << UInt128(block.count * 8)
            accumulator.add(number(block) | mark, top: isFull ? 1 : 0)
            start += 16
        }
        let sum = accumulator.reduced &+ number(key.dropFirst(16).prefix(16))
        return withUnsafeBytes(of: sum.littleEndian) { Array($0) }
    }

    /// The little-endian number that up to 16 bytes make.
    private static func number(_ bytes: some BidirectionalCollection<UInt8>) -> UInt128 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt128($1) }
    }

    /// A number modulo p = 2¹³⁰ − 5, kept below 5 · 2¹²⁸.
    private struct Accumulator {
        private let r0: UInt64
        private let r1: UInt64
        private var low: UInt128 = 0
        /// Bits from 128 on: at most 4.
        private var high: UInt64 = 0

        init(r: UInt128) {
            r0 = UInt64(truncatingIfNeeded: r)
            r1 = UInt64(truncatingIfNeeded: r >> 64)
        }

        /// Adds `block + top · 2¹²⁸` and multiplies by r.
        mutating func add(_ block: UInt128, top: UInt64) {
            let (sum, carry) = low.addingReportingOverflow(block)
            high &+= top &+ (carry ? 1 : 0)
            multiply(UInt64(truncatingIfNeeded: sum), UInt64(truncatingIfNeeded: sum >> 64), high)
        }

        /// Long multiplication in words of 64 bits. r is below 2¹²⁴ (see the bits that are
        /// cleared), so no sum overflows.
        private mutating func multiply(_ h0: UInt64, _ h1: UInt64, _ h2: UInt64) {
            let m0 = UInt128(h0) &* UInt128(r0)
            let m1 = UInt128(h1) &* UInt128(r0) &+ UInt128(h0) &* UInt128(r1) &+ m0 >> 64
            let m2 = UInt128(h2) &* UInt128(r0) &+ UInt128(h1) &* UInt128(r1) &+ m1 >> 64
            let upper = UInt128(h2 &* r1) << 64 &+ m2
            // 2¹³⁰ is 5 modulo p: what stands above bit 130 comes back five times.
            let over = upper >> 2
            let lower = m1 << 64 | m0 & UInt128(UInt64.max)
            let (sum, carry) = lower.addingReportingOverflow(over &* 5)
            low = sum
            high = UInt64(truncatingIfNeeded: upper & 3) &+ (carry ? 1 : 0)
        }

        /// The lower 128 bits of the number below p.
        var reduced: UInt128 {
            let (less, carry) = low.addingReportingOverflow(5)
            // 1 if the number is p or more: adding 5 then reaches bit 130.
            let isMore = UInt128((high &+ (carry ? 1 : 0)) >> 2)
            let mask = 0 &- isMore
            return low & ~mask | less & mask
        }
    }
}
