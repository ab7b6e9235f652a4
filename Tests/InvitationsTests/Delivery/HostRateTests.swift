import EventLoop
import TestSupport
import Testing

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

/// How fast messages go to a place, on a time that the test moves.
@Suite struct HostRateTests {
    private let start = Ticks(nanoseconds: 5_000_000_000)

    /// Takes as many as there are.
    private func takeAll(_ rates: inout HostRates, _ places: [String], at now: Ticks) -> Int {
        var count = 0
        while rates.next(places, at: now) <= now, count < 1_000_000 {
            rates.record(places, at: now)
            count += 1
        }
        return count
    }

    @Test(arguments: [1, 3, 20, 1_000])
    func `a burst is two seconds' worth, then the rate applies`(rate: Int) {
        var rates = HostRates(perSecond: rate)
        #expect(takeAll(&rates, ["a:80"], at: start) == 2 * rate)
        for second in 1...5 {
            let now = start.adding(milliseconds: second * 1_000)
            #expect((rate - 1...rate).contains(takeAll(&rates, ["a:80"], at: now)), "\(second)")
        }
        // After a pause there is one burst, however long the pause was.
        #expect(takeAll(&rates, ["a:80"], at: start.adding(milliseconds: 3_600_000)) == 2 * rate)
    }

    @Test func `the time of the next message is exact to the nanosecond`() {
        var rates = HostRates(perSecond: 20)
        _ = takeAll(&rates, ["a:80"], at: start)
        let next = rates.next(["a:80"], at: start)
        #expect(next == start.adding(milliseconds: 50))
        #expect(rates.next(["a:80"], at: Ticks(nanoseconds: next.nanoseconds - 1)) == next)
        #expect(takeAll(&rates, ["a:80"], at: next) == 1)
    }

    @Test func `places have separate rates, and a message counts at all of its places`() {
        var rates = HostRates(perSecond: 1)
        #expect(takeAll(&rates, ["a:80"], at: start) == 2)
        #expect(rates.next(["b:80"], at: start) == start)
        #expect(rates.next(["b:80", "a:80"], at: start) > start)
        rates.record(["b:80"], at: start)
        #expect(rates.next(["a:80", "b:80"], at: start) > start)
        #expect(takeAll(&rates, ["b:80"], at: start) == 1)
        #expect(rates.next([], at: start) == start)
    }

    @Test func `a rate of zero means no limit`() {
        var rates = HostRates(perSecond: 0)
        for _ in 0..<10_000 { rates.record(["a:80"], at: start) }
        #expect(rates.next(["a:80"], at: start) == start)
    }

    /// However the attempts fall, no window holds more than the burst and what the rate adds.
    @Test(arguments: 1...5 as ClosedRange<UInt64>)
    func `no time window contains more than a burst plus the rate`(seed: UInt64) {
        let random = SeededRandom(seed: seed)
        var rates = HostRates(perSecond: 20)
        var now = start
        var sent: [Ticks] = []
        for _ in 0..<5_000 {
            now = now.adding(milliseconds: random.below(100))
            for _ in 0..<random.below(8) where rates.next(["a:80"], at: now) <= now {
                rates.record(["a:80"], at: now)
                sent.append(now)
            }
        }
        for (index, first) in sent.enumerated() where index.isMultiple(of: 7) {
            for seconds in [1, 3, 10] {
                let end = first.adding(milliseconds: seconds * 1_000)
                let count = sent[index...].prefix { $0 < end }.count
                #expect(count <= 40 + 20 * seconds, "seed \(seed)")
            }
        }
    }
}
