import Glibc

/// What work costs as it grows, in processor time of this thread: what other threads and processes
/// do does not count.
public struct Cost: CustomStringConvertible {
    /// Seconds, the best of three.
    public let quarter: Double
    public let whole: Double

    /// Runs `work` on a thread of its own: it takes seconds, in which what other tests do on the
    /// tasks' few threads would stand still until their time-outs.
    /// - Parameters:
    ///   - size: handed to `work`, and a quarter of it. Bytes, as a rule.
    public init(of size: Int, _ work: @escaping @Sendable (Int) throws -> Void) async throws {
        (quarter, whole) = try await blocking {
            (try Self.best(size / 4, work), try Self.best(size, work))
        }
    }

    /// Whether four times as much costs about four times as much: far from the sixteen of what is
    /// quadratic. Below a few milliseconds nothing is told apart, and 20 seconds are too many for
    /// any request, even in a debug build.
    public var isLinear: Bool { whole < quarter * 8 + 0.005 && whole < 20 }

    public var description: String { "\(quarter) s for a quarter, \(whole) s for the whole" }

    private static func best(_ size: Int, _ work: (Int) throws -> Void) rethrows -> Double {
        var best = Double.infinity
        for _ in 0..<3 {
            let start = now()
            try work(size)
            best = min(best, now() - start)
            // One look is enough at what is hopeless.
            if best > 20 { break }
        }
        return best
    }

    /// Seconds of this thread's processor time, the best of three.
    public static func ofThread(_ work: () throws -> Void) rethrows -> Double {
        try best(0) { _ in try work() }
    }

    /// The same for work that does not leave this thread, though it could.
    public static func ofTask(_ work: () async throws -> Void) async rethrows -> Double {
        var best = Double.infinity
        for _ in 0..<5 {
            let start = now()
            try await work()
            best = min(best, max(0, now() - start))
        }
        return best
    }

    private static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
