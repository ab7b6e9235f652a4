import EventLoop

/// Spares an upstream that fails, and those who would wait for it. Belongs to a loop.
struct CircuitBreaker {
    enum State: Equatable {
        case closed
        case open(until: Ticks)
        /// One exchange is trying whether the upstream is back.
        case probing
    }

    private(set) var state = State.closed
    private var failures = 0
    private var openFor: Int
    private let threshold: Int
    private let firstOpen: Int
    private let longestOpen: Int

    init(threshold: Int, firstOpen: Int, longestOpen: Int) {
        self.threshold = threshold
        self.firstOpen = firstOpen
        self.longestOpen = longestOpen
        openFor = firstOpen
    }

    enum Admission {
        case refused
        case admitted
        /// The first after the pause: its result decides for the others.
        case probe
    }

    mutating func admit(_ now: Ticks) -> Admission {
        switch state {
        case .closed: return .admitted
        case .probing: return .refused
        case .open(let until):
            guard now >= until else { return .refused }
            state = .probing
            return .probe
        }
    }

    mutating func succeeded() {
        state = .closed
        failures = 0
        openFor = firstOpen
    }

    /// Exchanges that were begun before the breaker opened say nothing new while it is not closed.
    mutating func failed(_ now: Ticks, isProbe: Bool) {
        failures += 1
        if state == .closed {
            guard failures >= threshold else { return }
        } else {
            guard state == .probing, isProbe else { return }
            openFor = min(openFor * 2, longestOpen)
        }
        state = .open(until: now.adding(milliseconds: openFor))
    }

    /// The probe was given up without a result: the next exchange is one.
    mutating func probeAbandoned(_ now: Ticks) {
        if state == .probing { state = .open(until: now) }
    }
}
