import EventLoop
import Synchronization

/// What a message waits for before it is sent: a slot, of which each owner has at most a part, and
/// the rate of the place that it goes to. Owners are served in turn, here and at each place, so
/// an owner with slow receivers or many messages delays nobody else's.
final class DeliverySlots: Sendable {
    /// What a message counts against.
    struct Claim: Sendable, Hashable {
        let owner: String
        /// Whether its webhook has not taken its last message.
        let isFailing: Bool
        /// What has a rate.
        let places: [String]
    }

    /// Where the time comes from, so that tests run on a time of their own.
    struct Time: Sendable {
        var now: @Sendable () -> Ticks = { .now }
        var sleep: @Sendable (_ until: Ticks) async -> Void = { end in
            let left = Ticks.now.milliseconds(until: end) + 1
            try? await Task.sleep(for: .milliseconds(left))
        }
    }

    /// For the metrics.
    struct Counts: Sendable, Equatable {
        /// Messages that wait.
        var waiting = 0
        /// Messages that had to wait for the rate of their place, since the start.
        var held = 0
    }

    /// Messages of one owner that wait for one place; beyond it they are left where they are.
    private static let line = 8

    private let time: Time
    private let state: Mutex<DeliveryLines>

    /// - Parameters:
    ///   - healthy: messages on their way at once to webhooks that take what they get.
    ///   - failing: and to the others, so that none of these takes the others' place.
    init(healthy: Int, failing: Int, rates: HostRates, time: Time = Time()) {
        self.time = time
        state = Mutex(DeliveryLines(healthy: healthy, failing: failing, rates: rates))
    }

    var counts: Counts {
        state.withLock { Counts(waiting: $0.waitingCount, held: $0.heldCount) }
    }

    /// Whether one more of these can wait.
    func hasRoom(_ claim: Claim) -> Bool {
        state.withLock { $0.count(of: claim) < Self.line }
    }

    enum Turn<Value: Sendable>: Sendable {
        case taken(Value)
        /// Enough of its kind wait already.
        case full
        /// Nothing is sent any more.
        case closed
    }

    /// Runs `body` when it is its turn.
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

    /// Whoever waits goes without.
    func close() {
        for waiting in state.withLock({ $0.close() }) { waiting.resume(returning: false) }
    }

    /// Lets in those whose turn it is, and comes again when a place has room for the next.
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
