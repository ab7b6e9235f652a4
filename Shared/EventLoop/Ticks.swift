import Glibc

/// Monotonic time in nanoseconds, for durations and deadlines (CLOCK_MONOTONIC).
public struct Ticks: Sendable, Comparable, Hashable {
    /// Since an arbitrary start, such as the machine's boot.
    public let nanoseconds: UInt64

    public init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

    /// The current time.
    public static var now: Ticks {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Ticks(nanoseconds: UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec))
    }

    /// The current time by a clock that goes on while the machine sleeps (CLOCK_BOOTTIME). It can't
    /// be compared with `now`.
    public static var nowWithSleep: Ticks {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return Ticks(nanoseconds: UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec))
    }

    /// Never.
    public static let distantFuture = Ticks(nanoseconds: .max)

    public static func < (a: Ticks, b: Ticks) -> Bool { a.nanoseconds < b.nanoseconds }

    /// This moment and `milliseconds` more.
    public func adding(milliseconds: Int) -> Ticks {
        Ticks(nanoseconds: nanoseconds + UInt64(max(0, milliseconds)) * 1_000_000)
    }

    /// Milliseconds from this moment to `later`; 0 if that has passed.
    public func milliseconds(until later: Ticks) -> Int {
        guard later > self else { return 0 }
        return Int(min((later.nanoseconds - nanoseconds) / 1_000_000, UInt64(Int32.max)))
    }

    /// Seconds since `earlier`.
    public func seconds(since earlier: Ticks) -> Double {
        guard self > earlier else { return 0 }
        return Double(nanoseconds - earlier.nanoseconds) / 1e9
    }
}
