import CLinux

/// What an event loop does at the end of its round of events, before it waits for the next: what
/// was gathered in the round is sent, what was kept for it is released. Belongs to one thread.
public final class RoundEnd {
    /// An array of functions would allocate for each: as elements of a generic type they get
    /// another calling convention.
    private struct Body {
        let call: () -> Void
    }

    private var bodies: [Body] = []
    private var lastBodies: [Body] = []
    /// Those that are being called. Arrays in turns keep their memory.
    private var running: [Body] = []

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
    public var isEmpty: Bool { bodies.isEmpty && lastBodies.isEmpty }

    /// Has `body` called once, at the end of this round.
    public func add(_ body: @escaping () -> Void) { bodies.append(Body(call: body)) }

    /// The same, after all others of the round: what no client waits for.
    public func addLast(_ body: @escaping () -> Void) { lastBodies.append(Body(call: body)) }

    /// Ends the round. What the bodies add is for the next one.
    public func run() {
        if !bodies.isEmpty {
            swap(&bodies, &running)
            runAll()
        }
        if !lastBodies.isEmpty {
            swap(&lastBodies, &running)
            runAll()
        }
    }

    private func runAll() {
        for body in running { body.call() }
        running.removeAll(keepingCapacity: true)
    }
}
