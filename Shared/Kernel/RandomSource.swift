/// Where randomness comes from, so that tests can repeat a run from its seed.
public protocol RandomSource: Sendable {
    /// `count` random bytes, fit for secrets in production.
    func bytes(_ count: Int) -> [UInt8]
}

/// The kernel's random numbers (getrandom(2) through the standard library).
public struct SystemRandom: RandomSource {
    public init() {}

    /// Bytes from the system's generator.
    public func bytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 7)
        // Eight at a time: each number taken from the generator is a system call.
        while bytes.count < count {
            withUnsafeBytes(of: generator.next()) { bytes.append(contentsOf: $0) }
        }
        bytes.removeLast(bytes.count - count)
        return bytes
    }
}
