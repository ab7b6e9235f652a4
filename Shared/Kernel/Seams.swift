import Glibc

/// Where the time comes from, so that tests run on a time of their own.
public protocol Clock: Sendable {
    /// Wall-clock time: for what people see, for expiry and for ids.
    func now() -> Timestamp
}

/// The machine's clock.
public struct SystemClock: Clock {
    public init() {}

    public func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(
            milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }
}

/// Where randomness comes from, so that tests can repeat a run from its seed.
public protocol RandomSource: Sendable {
    /// `count` random bytes, fit for secrets in production.
    func bytes(_ count: Int) -> [UInt8]
}

/// The kernel's random numbers (getrandom(2) through the standard library).
public struct SystemRandom: RandomSource {
    public init() {}

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
