/// Poly1305 (RFC 8439 §2.5) as the formula stands there, on numbers of any size: to compare with.
enum SlowPoly1305 {
    static func tag(_ message: [UInt8], _ key: [UInt8]) -> [UInt8] {
        var r = Array(key.prefix(16))
        for i in [3, 7, 11, 15] { r[i] &= 15 }
        for i in [4, 8, 12] { r[i] &= 252 }
        let prime: [UInt8] = [0xFB] + [UInt8](repeating: 0xFF, count: 15) + [3]
        var sum: [UInt8] = []
        for start in stride(from: 0, to: message.count, by: 16) {
            let block = message[start..<min(start + 16, message.count)] + [1]
            sum = remainder(product(add(sum, Array(block)), r), prime)
        }
        return Array((add(sum, Array(key.suffix(16))) + zeros(16)).prefix(16))
    }

    // Little-endian, in bytes.

    private static func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }

    private static func add(_ a: [UInt8], _ b: [UInt8]) -> [UInt8] {
        var carry = 0
        return (0...max(a.count, b.count)).map { i in
            carry += (i < a.count ? Int(a[i]) : 0) + (i < b.count ? Int(b[i]) : 0)
            defer { carry >>= 8 }
            return UInt8(carry & 255)
        }
    }

    private static func product(_ a: [UInt8], _ b: [UInt8]) -> [UInt8] {
        b.enumerated().reduce([]) { sum, digit in
            var carry = 0
            let row = (a + [0]).map { byte in
                carry += Int(byte) * Int(digit.element)
                defer { carry >>= 8 }
                return UInt8(carry & 255)
            }
            return add(sum, zeros(digit.offset) + row)
        }
    }

    /// Bit by bit: doubles, and subtracts when it can.
    private static func remainder(_ a: [UInt8], _ prime: [UInt8]) -> [UInt8] {
        var rest = zeros(prime.count + 1)
        for i in a.indices.reversed() {
            for bit in (0..<8).reversed() {
                rest = Array(add(rest, rest).prefix(prime.count + 1))
                rest[0] |= a[i] >> UInt8(bit) & 1
                if let less = difference(rest, prime) { rest = less }
            }
        }
        return rest
    }

    /// nil if `b` is more.
    private static func difference(_ a: [UInt8], _ b: [UInt8]) -> [UInt8]? {
        var borrow = 0
        let result = a.indices.map { i in
            let digit = Int(a[i]) - (i < b.count ? Int(b[i]) : 0) - borrow
            borrow = digit < 0 ? 1 : 0
            return UInt8(digit & 255)
        }
        return borrow == 0 ? result : nil
    }
}
