import Synchronization

/// A circuit breaker for one called service, shared by all loops: after failures in a row, calls
/// fail at once. It closes when the service's health check succeeds, which is polled four times a
/// second, so that no user's request is the probe and service resumes soon.
final class NeighbourBreaker: Sendable {
    /// Failures in a row that open it.
    private static let threshold = 5
    private static let pause = Duration.milliseconds(250)

    private let failures = Atomic(0)
    private let open = Atomic(false)
    private let isAlive: @Sendable () async -> Bool

    /// - Parameter isAlive: checks the service, with a deadline.
    init(isAlive: @escaping @Sendable () async -> Bool) { self.isAlive = isAlive }

    var isOpen: Bool { open.load(ordering: .relaxed) }

    func succeeded() {
        // Mostly a read: all loops share the line.
        if failures.load(ordering: .relaxed) != 0 { failures.store(0, ordering: .relaxed) }
    }

    func failed() {
        let count = failures.add(1, ordering: .relaxed).newValue
        guard count >= Self.threshold, !open.exchange(true, ordering: .relaxed) else { return }
        Task { [weak self] in
            repeat {
                try? await Task.sleep(for: Self.pause)
            } while await self?.probe() == false
        }
    }

    private func probe() async -> Bool {
        guard await isAlive() else { return false }
        // It lives, which is not to say that it works: one more failure opens it again.
        failures.store(Self.threshold - 1, ordering: .relaxed)
        open.store(false, ordering: .relaxed)
        return true
    }
}
