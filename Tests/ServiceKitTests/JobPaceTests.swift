import Testing
import WriteKit

@testable import ServiceKit

@Suite struct JobPaceTests {
    /// Slices of rows that each take so long, after which the pace has settled.
    private func settle(nanosecondsPerRow: UInt64) -> (rows: Int, rest: UInt64) {
        var pace = JobPace()
        var rest: UInt64 = 0
        for _ in 0..<20 { rest = pace.rest(after: UInt64(pace.rows) * nanosecondsPerRow) }
        return (pace.rows, rest)
    }

    @Test(arguments: [1_000, 10_000, 50_000, 225_000] as [UInt64])
    func `a slice takes a quarter of a millisecond, and the job rests for three times as long`(
        _ cost: UInt64
    ) {
        let (rows, rest) = settle(nanosecondsPerRow: cost)
        let work = UInt64(rows) * cost
        #expect(work <= 500_000 && (work >= 125_000 || rows == jobSliceRows))
        #expect(rest == max(work, 250_000) * 3)
    }

    @Test func `a slice has at least one row, however long that takes, and a bounded rest`() {
        let (rows, rest) = settle(nanosecondsPerRow: 500_000_000)
        #expect(rows == 1 && rest == 100_000_000)
    }
}
