import EventLoop
import Synchronization

/// Before a message is sent it waits for a slot, of which each owner can have only a part, and for
/// the rate of its place. Owners are served in turn, so that an owner with slow receivers or many
/// messages delays nobody else's.
final class DeliverySlots: Sendable {
    /// What a message counts against.
    struct Claim: Sendable, Hashable {
        let owner: String
        /// Whether its webhook's latest message failed.
        let isFailing: Bool
        /// The places with a rate limit.
        let places: [String]
    }

    /// The clock; tests have their own.
    struct Time: Sendable {
        var now: @Sendable () -> Ticks = { .now }
        var sleep: @Sendable (_ until: Ticks) async -> Void = { end in
            let left = Ticks.now.milliseconds(until: end) + 1
            try? await Task.sleep(for: .milliseconds(left))
        }
    }

    /// For the metrics.
    struct Counts: Sendable, Equatable {
        /// Waiting messages.
        var waiting = 0
        /// Messages that had to wait for a rate since the start.
        var held = 0
    }

    /// Messages of one owner that can wait for one place; the rest stay in the database.
    private static let line = 8

    private let time: Time
    private let state: Mutex<DeliveryLines>

    /// - Parameters:
    ///   - healthy: concurrent messages to working webhooks.
    ///   - failing: concurrent messages to failing ones, which have slots of their own.
    init(healthy: Int, failing: Int, rates: HostRates, time: Time = Time()) {
        self.time = time
        state = Mutex(DeliveryLines(healthy: healthy, failing: failing, rates: rates))
    }

    var counts: Counts {
        state.withLock { Counts(waiting: $0.waitingCount, held: $0.heldCount) }
    }

    /// Whether the claim's line has room.
    func hasRoom(_ claim: Claim) -> Bool {
        state.withLock { $0.count(of: claim) < Self.line }
    }

    enum Turn<Value: Sendable>: Sendable {
        case taken(Value)
        /// The claim's line is full.
        case full
        /// Sending has stopped.
        case closed
    }

    /// Runs `body` when it is the message's turn.
    func with<T: Sendable>(_ claim: Claim, _ body: () async -> T) async -> Turn<T> {
        let isAdmitted: Bool? = await withCheckedContinuation { continuation in
            let isIn = state.withLock { state in
                guard !state.isClosed, state.count(of: claim) < Self.line else { return false }
                state.append(continuation, claim, at: time.now())
                return true
            }
            if isIn { serve() } else { continuation.resume(returning: nil) }
        }
        guard let isAdmitted else { return state.withLock { $0.isClosed } ? .closed : .full }
        guard isAdmitted else { return .closed }
        defer {
            state.withLock { $0.give(back: claim) }
            serve()
        }
        return .taken(await body())
    }

    /// Resumes all waiting messages without sending them.
    func close() {
        for waiting in state.withLock({ $0.close() }) { waiting.resume(returning: false) }
    }

    /// Admits those whose turn it is, and sets a timer for the next.
    private func serve() {
        let (admitted, wake) = state.withLock { $0.serve(at: time.now()) }
        for waiting in admitted { waiting.resume(returning: true) }
        guard let wake else { return }
        Task { [self] in
            await time.sleep(wake)
            state.withLock { $0.woken(wake) }
            serve()
        }
    }
}
