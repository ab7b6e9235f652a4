import EventLoop
import Testing

@testable import HTTPClient

/// The breaker by itself, on a time of its own.
@Suite final class CircuitBreakerTests {
    private let start = Ticks(nanoseconds: 1_000_000_000)
    private var breaker = CircuitBreaker(threshold: 3, firstOpen: 100, longestOpen: 350)

    private func after(_ milliseconds: Int) -> Ticks { start.adding(milliseconds: milliseconds) }

    private func fail(_ times: Int, at milliseconds: Int = 0) {
        for _ in 0..<times { breaker.failed(after(milliseconds), isProbe: false) }
    }

    /// Opens it and lets the probe after its pause fail.
    private func failProbe(at milliseconds: Int) {
        let admission = breaker.admit(after(milliseconds))
        #expect(admission == .probe, "at \(milliseconds)")
        breaker.failed(after(milliseconds), isProbe: true)
    }

    @Test func `the breaker opens at the last of enough failures in a row`() {
        fail(2)
        #expect(breaker.state == .closed)
        #expect(breaker.admit(after(0)) == .admitted)
        fail(1)
        #expect(breaker.state == .open(until: after(100)))
        #expect(breaker.admit(after(0)) == .refused)
    }

    @Test func `failures with successes between never open the breaker`() {
        for _ in 0..<20 {
            fail(2)
            breaker.succeeded()
        }
        #expect(breaker.state == .closed)
        fail(2)
        #expect(breaker.state == .closed)
        fail(1)
        #expect(breaker.state != .closed)
    }

    @Test func `after the pause one request is the probe and others are refused`() {
        fail(3)
        #expect(breaker.admit(after(99)) == .refused)
        #expect(breaker.admit(after(100)) == .probe)
        for time in [100, 101, 10_000] {
            #expect(breaker.admit(after(time)) == .refused)
        }
        breaker.succeeded()
        #expect(breaker.admit(after(101)) == .admitted)
    }

    @Test func `each failed probe doubles the pause, up to a maximum`() {
        fail(3)
        failProbe(at: 100)
        #expect(breaker.state == .open(until: after(300)))
        failProbe(at: 300)
        #expect(breaker.state == .open(until: after(650)))
        failProbe(at: 650)
        #expect(breaker.state == .open(until: after(1_000)))
    }

    @Test func `a success resets the count and the pause`() {
        fail(3)
        failProbe(at: 100)
        #expect(breaker.admit(after(300)) == .probe)
        breaker.succeeded()
        fail(2, at: 400)
        #expect(breaker.state == .closed)
        fail(1, at: 400)
        #expect(breaker.state == .open(until: after(500)))
    }

    @Test func `late failures from before the breaker opened don't count`() {
        fail(3)
        fail(5, at: 90)
        #expect(breaker.state == .open(until: after(100)))
        #expect(breaker.admit(after(100)) == .probe)
        fail(5, at: 110)
        #expect(breaker.state == .probing)
        breaker.failed(after(120), isProbe: true)
        #expect(breaker.state == .open(until: after(320)))
    }

    @Test func `after a probe without a result the next exchange is one at once`() {
        fail(3)
        #expect(breaker.admit(after(100)) == .probe)
        breaker.probeAbandoned(after(110))
        #expect(breaker.admit(after(110)) == .probe)
        breaker.failed(after(110), isProbe: true)
        #expect(breaker.state == .open(until: after(310)), "the pause has doubled once")
    }

    @Test func `only a probe can be abandoned`() {
        breaker.probeAbandoned(after(0))
        #expect(breaker.state == .closed)
        fail(3)
        breaker.probeAbandoned(after(50))
        #expect(breaker.state == .open(until: after(100)))
    }
}
