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

    /// Whether an exchange may be tried; the first after the pause becomes the probe.
    mutating func admit(_ now: Ticks) -> Bool {
        switch state {
        case .closed: return true
        case .probing: return false
        case .open(let until):
            guard now >= until else { return false }
            state = .probing
            return true
        }
    }

    mutating func succeeded() {
        state = .closed
        failures = 0
        openFor = firstOpen
    }

    mutating func failed(_ now: Ticks) {
        failures += 1
        if state == .probing {
            openFor = min(openFor * 2, longestOpen)
        } else if failures < threshold || state != .closed {
            return
        }
        state = .open(until: now.adding(milliseconds: openFor))
    }

    /// The probe was given up without a result.
    mutating func abandoned(_ now: Ticks) {
        if state == .probing { state = .open(until: now) }
    }
}
