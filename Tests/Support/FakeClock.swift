import Kernel
import Synchronization

/// A clock that stands still until a test moves it.
public final class FakeClock: Clock {
    private let time: Mutex<Timestamp>

    public init(_ rfc3339: String = "2026-01-15T09:00:00.000Z") {
        self.time = Mutex(Timestamp(rfc3339: rfc3339) ?? Timestamp(milliseconds: 0))
    }

    public func now() -> Timestamp { time.withLock { $0 } }

    public func advance(seconds: Int64) {
        time.withLock { $0 = $0.adding(seconds: seconds) }
    }
}

extension FakeClock {
    /// By how many seconds a clock may be wrong for a while: an hour, a day, until 2038, and an
    /// hour behind.
    public static let errors: [Int64] = [3_600, 86_400, 379_000_000, -3_600]

    /// Runs `body` while the clock is wrong by so many seconds, and sets it right afterwards.
    public func wrong<T>(by seconds: Int64, _ body: () async throws -> T) async rethrows -> T {
        advance(seconds: seconds)
        let result = try await body()
        advance(seconds: -seconds)
        return result
    }
}
