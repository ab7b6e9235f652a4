import Kernel
import Synchronization
import Testing

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

extension FakeClock {
    /// What is made after the clock was wrong has the right time, and the list keeps its order.
    /// - Parameters:
    ///   - make: makes a thing with this name.
    ///   - names: those of the list, newest first.
    public func expectRightTimes(
        after error: Int64, names: () async throws -> [String],
        make: (String) async throws -> RawResponse
    ) async throws {
        let early = try await wrong(by: error) { try await make("Early") }
        #expect(early.status == 201)
        let first = try await make("First")
        #expect(first["createdAt"] == now().rfc3339)
        advance(seconds: 1)
        let second = try await make("Second")
        #expect(second["createdAt"] == now().rfc3339)
        let names = try await names()
        #expect(names.filter { $0 != "Early" } == ["Second", "First"])
        #expect(names.count == 3)
    }

    /// A request with an `Idempotency-Key` that is repeated once the clock is right has one effect.
    public func expectOneEffect(
        after error: Int64, make: (_ fields: [String]) async throws -> RawResponse
    ) async throws {
        let key = ["Idempotency-Key: k"]
        let first = try await wrong(by: error) { try await make(key) }
        let again = try await make(key)
        #expect(again.status == 201 && again["id"] == first["id"])
        #expect(again.field("idempotency-replayed") == "true")
    }
}
