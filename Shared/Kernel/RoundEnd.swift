import CLinux

/// What an event loop does at the end of its round of events, before it waits for the next: what
/// was gathered in the round is sent, what was kept for it is released. Belongs to one thread.
public final class RoundEnd {
    private var bodies: [() -> Void] = []
    /// Those that are being called. Two arrays in turns keep their memory.
    private var running: [() -> Void] = []

    /// Of a loop that is going to run on a thread.
    public init() {}

    /// That of the loop which this thread runs; nil on other threads.
    public static var current: RoundEnd? {
        guard let end = latchkey_get_round_end() else { return nil }
        return Unmanaged<RoundEnd>.fromOpaque(end).takeUnretainedValue()
    }

    /// Makes it the thread's for the time of `body`.
    public func withThread(_ body: () -> Void) {
        latchkey_set_round_end(Unmanaged.passUnretained(self).toOpaque())
        defer { latchkey_set_round_end(nil) }
        body()
    }

    /// Whether there is nothing to do.
    public var isEmpty: Bool { bodies.isEmpty }

    /// Has `body` called once, at the end of this round.
    public func add(_ body: @escaping () -> Void) { bodies.append(body) }

    /// Ends the round. What the bodies add is for the next one.
    public func run() {
        guard !bodies.isEmpty else { return }
        swap(&bodies, &running)
        for body in running { body() }
        running.removeAll(keepingCapacity: true)
    }
}
