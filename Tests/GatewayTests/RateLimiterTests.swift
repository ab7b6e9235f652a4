import EventLoop
import Kernel
import TestSupport
import Testing

@testable import Gateway

/// A table whose keys all have the same rate.
private struct Limiter: Sendable {
    let table: RateLimiter
    let rate: RateLimiter.Rate
    var refusedCount: Int { table.refusedCount }
    var evictedCount: Int { table.evictedCount }

    func take(_ key: UInt64, now: Ticks) -> RateLimiter.Verdict {
        table.take(key, at: rate, now: now)
    }
}

@Suite struct RateLimiterTests {
    private let start: UInt64 = 5_000_000_000

    private func limiter(_ perSecond: Int = 10, bits: Int = 12) -> Limiter {
        Limiter(
            table: RateLimiter("token", entryBits: bits),
            rate: RateLimiter.Rate("token", perSecond: perSecond))
    }

    private func at(_ milliseconds: UInt64) -> Ticks {
        Ticks(nanoseconds: start + milliseconds * 1_000_000)
    }

    /// How many of `count` requests at one moment are allowed.
    private func allowed(_ limiter: Limiter, _ key: UInt64, _ count: Int, _ now: Ticks) -> Int {
        (0..<count).filter { _ in limiter.take(key, now: now).isAllowed }.count
    }

    @Test func `a burst of two seconds' worth is counted down`() {
        let limiter = limiter()
        for left in (0..<20).reversed() {
            let verdict = limiter.take(7, now: at(0))
            #expect(verdict.isAllowed && verdict.remaining == UInt32(left))
            #expect(verdict.seconds == (left >= 10 ? 1 : 2))
        }
        let verdict = limiter.take(7, now: at(0))
        #expect(verdict == RateLimiter.Verdict(isAllowed: false, remaining: 0, seconds: 1))
        #expect(limiter.refusedCount == 1)
    }

    @Test func `a bucket fills at its rate up to its capacity`() {
        let limiter = limiter()
        #expect(allowed(limiter, 7, 30, at(0)) == 20)
        #expect(allowed(limiter, 7, 5, at(99)) == 0)
        #expect(allowed(limiter, 7, 5, at(100)) == 1)
        #expect(allowed(limiter, 7, 30, at(1_100)) == 10)
        #expect(allowed(limiter, 7, 30, at(60_000)) == 20)
        #expect(limiter.take(7, now: at(62_000)).remaining == 19)
    }

    @Test func `refusals do not lengthen the wait`() {
        let limiter = limiter(1)
        #expect(allowed(limiter, 7, 10_000, at(0)) == 2)
        #expect(allowed(limiter, 7, 1, at(1_000)) == 1)
    }

    @Test func `callers have separate buckets`() {
        let limiter = limiter()
        #expect(allowed(limiter, 7, 30, at(0)) == 20)
        #expect(allowed(limiter, 8, 30, at(0)) == 20)
        // The same stripe and set, another key.
        #expect(allowed(limiter, 7 + 1 << 40, 30, at(0)) == 20)
    }

    @Test(arguments: [1, 3, 7, 100, 999_999, 1_000_000])
    func `every rate holds over time, even after years`(_ rate: Int) {
        let limiter = limiter(rate)
        var count = allowed(limiter, 7, rate * 2 + 1, at(0))
        #expect(count == rate * 2)
        let year: UInt64 = 365 * 86_400_000
        for years in [1, 10, 100, 500] as [UInt64] {
            count = allowed(limiter, 7, rate * 2 + 1, at(year * years))
            #expect(count == rate * 2, "after \(years) years")
        }
    }

    @Test func `an earlier clock reading of another loop grants no extra requests`() {
        let limiter = limiter()
        #expect(allowed(limiter, 7, 30, at(50)) == 20)
        #expect(allowed(limiter, 7, 30, at(0)) == 0)
        #expect(allowed(limiter, 7, 30, at(150)) == 1)
    }

    @Test func `a million other callers don't affect a frequent caller`() {
        let limiter = limiter(100, bits: 17)
        var (hot, others) = (0, 0)
        // A million new callers in ten seconds, and one at twice the allowed rate.
        for i in 0..<1_000_000 as Range<UInt64> {
            let now = Ticks(nanoseconds: start + i * 10_000)
            // An odd factor: all keys differ.
            if limiter.take(i &* 0x9E37_79B9_7F4A_7C15, now: now).isAllowed { others += 1 }
            if i % 500 == 0, limiter.take(42, now: now).isAllowed { hot += 1 }
        }
        #expect(others == 1_000_000)
        #expect((1_199...1_200).contains(hot), "\(hot)")
        #expect(limiter.evictedCount == 0)
    }

    @Test func `without room the bucket nearest to full is evicted`() {
        let random = SeededRandom(seed: 12)
        let limiter = limiter(1, bits: 9)
        // 512 entries; 4,000 callers who all used one of two requests.
        #expect(allowed(limiter, 42, 3, at(0)) == 2)
        for _ in 0..<4_000 { #expect(limiter.take(random.next(), now: at(0)).isAllowed) }
        #expect(limiter.evictedCount > 3_000)
        #expect(!limiter.take(42, now: at(0)).isAllowed)
    }

    @Test func `concurrent threads get no more than the bucket allows`() async throws {
        let limiter = limiter(1_000)
        let allowed = Log(0)
        let begin = Ticks.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for thread in 0..<4 {
                group.addTask {
                    try await blocking {
                        let random = SeededRandom(seed: UInt64(thread))
                        let first = Ticks.now
                        while first.milliseconds(until: .now) < 300 {
                            let verdict = limiter.take(42, now: .now)
                            if verdict.isAllowed { allowed.change { $0 += 1 } }
                            _ = limiter.take(random.next(), now: .now)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        let most = 2_000 + Int(Ticks.now.seconds(since: begin) * 1_000) + 1
        let count = allowed.value
        #expect(count <= most)
        #expect(count >= 2_000, "\(count)")
    }
}
