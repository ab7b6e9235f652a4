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
