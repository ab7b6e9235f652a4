import Kernel
import TestSupport
import Testing

/// Ids and the clock.
@Suite struct IDOrderTests {
    private let clock = FakeClock()
    private let minter: IDMinter

    init() { minter = IDMinter(clock: clock, random: SeededRandom(seed: 11)) }

    private func time(_ id: String) -> Substring { id.dropFirst(4).prefix(10) }

    @Test(arguments: [1, 60, 3_600] as [Int64])
    func `ids stay in order when the clock is set back by up to an hour`(seconds: Int64) {
        clock.advance(seconds: seconds)
        var last = minter.make("ent_")
        clock.advance(seconds: -seconds)
        for _ in 0..<1_000 {
            let next = minter.make("ent_")
            #expect(next > last)
            last = next
        }
    }

    @Test(arguments: [3_601, 86_400, 379_000_000] as [Int64])
    func `ids follow the clock again if it was ahead by more`(seconds: Int64) {
        let right = minter.make("ent_")
        clock.advance(seconds: seconds)
        let wrong = minter.make("ent_")
        clock.advance(seconds: -seconds)
        let (first, second) = (minter.make("ent_"), minter.make("ent_"))
        #expect(time(first) == time(right) && first < wrong && first < second)
        #expect(Set([right, wrong, first, second]).count == 4)
        #expect(minter.makeUUID() < minter.makeUUID())
    }
}
