import EventLoop
import Testing
import WriteKit

@testable import ServiceKit

@Suite struct JobPaceTests {
    /// Slices of rows that each take so long, until the pace has settled.
    private struct Work {
        var now = Ticks(nanoseconds: 5_000_000_000)
        var answered = 0
        var pace: JobPace
        var rest: UInt64 = 0

        init() { pace = JobPace(at: now, answered: 0) }

        /// - Parameter requests: of others, in a second.
        mutating func run(
            _ seconds: UInt64, nanosecondsPerRow: UInt64, requests: UInt64, isLate: Bool = false
        ) {
            let (begin, before) = (now, answered)
            while now.nanoseconds < begin.nanoseconds + seconds * 1_000_000_000 {
                let work = UInt64(pace.rows) * nanosecondsPerRow
                let passed = now.nanoseconds + work - begin.nanoseconds
                answered = before + Int(requests * passed / 1_000_000_000)
                now = Ticks(nanoseconds: now.nanoseconds + work)
                rest = pace.rest(after: work, isLate: isLate, at: now, answered: answered)
                now = Ticks(nanoseconds: now.nanoseconds + rest)
            }
        }
    }

    private func expect(_ work: Work, _ share: JobPace.Share, _ cost: UInt64) {
        let nanoseconds = UInt64(work.pace.rows) * cost
        #expect(nanoseconds <= share.nanoseconds)
        #expect(nanoseconds > share.nanoseconds - cost || work.pace.rows == jobSliceRows)
        #expect(work.rest == share.nanoseconds * share.rest)
    }

    @Test(arguments: [1_000, 10_000, 50_000, 225_000] as [UInt64], [0, 10])
    func `alone, a slice is short, and the job rests for three times as long`(
        _ cost: UInt64, _ requests: UInt64
    ) {
        var work = Work()
        work.run(10, nanosecondsPerRow: cost, requests: requests)
        expect(work, JobPace.alone, cost)
    }

    @Test(arguments: [10_000, 50_000, 225_000, 900_000] as [UInt64], [30, 10_000])
    func `beside others' requests, less than one in a hundred meets a slice`(
        _ cost: UInt64, _ requests: UInt64
    ) {
        var work = Work()
        work.run(10, nanosecondsPerRow: cost, requests: requests)
        expect(work, JobPace.besideOthers, cost)
        // With the flush that follows and the request's own time.
        let met = JobPace.besideOthers.nanoseconds + 2_000_000
        #expect(met * 100 < work.rest)
    }

    @Test func `the pace follows what others do, within seconds`() {
        var work = Work()
        work.run(5, nanosecondsPerRow: 100_000, requests: 0)
        // A slice at the new pace has twice the rows of the one before.
        work.run(6, nanosecondsPerRow: 100_000, requests: 1_000)
        expect(work, JobPace.besideOthers, 100_000)
        work.run(3, nanosecondsPerRow: 100_000, requests: 0)
        expect(work, JobPace.alone, 100_000)
    }

    @Test func `a job that has waited for long goes on as if it were alone`() {
        var work = Work()
        work.run(10, nanosecondsPerRow: 100_000, requests: 1_000, isLate: true)
        expect(work, JobPace.alone, 100_000)
    }

    @Test func `a slice has at least one row, however long that takes, and a bounded rest`() {
        var work = Work()
        work.run(100, nanosecondsPerRow: 500_000_000, requests: 0)
        #expect(work.pace.rows == 1 && work.rest == 1_000_000_000)
    }
}
