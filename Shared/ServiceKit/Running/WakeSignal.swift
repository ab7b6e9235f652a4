/// Wakes a background worker when there is work, and at intervals in case a signal was missed.
public final class WakeSignal: Sendable {
    private let rings: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    public init() {
        // Signals that were not handled yet are merged into one.
        (rings, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Wakes the worker; signals that it hasn't seen yet are one.
    public func ring() { continuation.yield() }

    /// Runs `work`, one run after the other, until its task is cancelled. To be called once.
    public func answer(every milliseconds: Int, _ work: () async -> Void) async {
        let poll = Task { [continuation] in
            while !Task.isCancelled {
                continuation.yield()
                try? await Task.sleep(for: .milliseconds(milliseconds))
            }
        }
        defer { poll.cancel() }
        for await _ in rings {
            await work()
            if Task.isCancelled { return }
        }
    }
}
