import EventLoop
import Testing

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

/// Pauses of failing webhooks, on a clock that the test controls.
@Suite struct DeliveryPauseTests {
    private let start = Ticks(nanoseconds: 5_000_000_000)
    private let claim = DeliverySlots.Claim(owner: "usr_ada", isFailing: true, places: [])

    /// The milliseconds after each of so many refusals in a row.
    private func lengths(_ count: Int, retryAfter: Int? = nil) -> [Int] {
        var pauses = DeliveryPauses()
        var now = start
        return (0..<count).map { _ in
            pauses.note(.refused(retryAfter: retryAfter), of: "whk_1", at: now)
            let pause = length(pauses, from: now)
            now = now.adding(milliseconds: pause)
            return pause
        }
    }

    /// All are multiples of a quarter of a second.
    private func length(_ pauses: DeliveryPauses, from now: Ticks) -> Int {
        var length = 0
        while !pauses.isOver("whk_1", at: now.adding(milliseconds: length), { _ in true }) {
            length += 250
        }
        return length
    }

    @Test func `the first failure causes no pause, then pauses double up to a minute`() {
        #expect(
            lengths(11) == [
                0, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000,
            ])
    }

    @Test func `Retry-After extends a pause, up to a day`() {
        #expect(lengths(4, retryAfter: 1) == [1_000, 1_000, 1_000, 2_000])
        #expect(lengths(9, retryAfter: 1).last == 60_000)
        #expect(lengths(1, retryAfter: 86_399) == [86_399_000])
        for long in [86_400, 86_401, .max] { #expect(lengths(1, retryAfter: long) == [86_400_000]) }
    }

    @Test func `an internal error pauses for at least a second`() {
        var pauses = DeliveryPauses()
        pauses.note(.trouble, of: "whk_1", at: start)
        #expect(length(pauses, from: start) == 1_000)
        #expect(pauses.isOver("whk_2", at: start) { _ in true })
    }

    @Test(arguments: [DeliveryRun.End.idle, .again])
    func `a success resets the pauses`(end: DeliveryRun.End) {
        var pauses = DeliveryPauses()
        for _ in 0..<5 { pauses.note(.refused(retryAfter: nil), of: "whk_1", at: start) }
        pauses.note(end, of: "whk_1", at: start)
        pauses.note(.refused(retryAfter: nil), of: "whk_1", at: start)
        #expect(length(pauses, from: start) == 0)
    }

    @Test func `a webhook that waits for room is resumed when there is room`() {
        var pauses = DeliveryPauses()
        pauses.note(.refused(retryAfter: nil), of: "whk_1", at: start)
        pauses.note(.held(claim), of: "whk_1", at: start)
        #expect(!pauses.isOver("whk_1", at: start) { $0 != claim })
        #expect(pauses.isOver("whk_1", at: start) { $0 == claim })
        // Earlier failures still count.
        pauses.note(.refused(retryAfter: nil), of: "whk_1", at: start)
        #expect(length(pauses, from: start) == 500)
        #expect(pauses.isOver("whk_1", at: start.adding(milliseconds: 500)) { _ in false })
    }
}
