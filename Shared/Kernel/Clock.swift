import Glibc

/// Where the time comes from, so that tests run on a time of their own.
public protocol Clock: Sendable {
    /// Wall-clock time: for what people see, for expiry and for ids.
    func now() -> Timestamp
}

/// The machine's clock.
public struct SystemClock: Clock {
    public init() {}

    /// The system's time (CLOCK_REALTIME).
    public func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(
            milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }
}
