import Synchronization

/// Spares a neighbour that fails, and those who would wait for it: after failures in a row nobody
/// is sent there. One for all loops. It is closed again by asking the neighbour whether it lives,
/// four times a second, so that nobody's request is the probe and all are served soon after it is
/// back.
final class NeighbourBreaker: Sendable {
    /// Failures in a row that open it.
    private static let threshold = 5
    private static let pause = Duration.milliseconds(250)

    private let failures = Atomic(0)
    private let open = Atomic(false)
    private let isAlive: @Sendable () async -> Bool

    /// - Parameter isAlive: asks the neighbour, with a deadline.
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
