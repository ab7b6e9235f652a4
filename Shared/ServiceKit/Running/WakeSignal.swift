/// Has work done in the background when there is some: at once when it is rung, and every so often,
/// for what nobody rang for.
public final class WakeSignal: Sendable {
    private let rings: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    public init() {
        // One ring that was not heard yet stands for all.
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
