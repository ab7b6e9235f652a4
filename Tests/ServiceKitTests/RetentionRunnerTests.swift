import EventLoop
import Kernel
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import ServiceKit

@Suite struct RetentionRunnerTests {
    /// Numbers, each dated by itself.
    private func withRunner(
        rows: Int, days: Int?, _ body: (Retention, Database) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let clock = FakeClock()
        let database = try Database(
            path: folder.path + "/x.sqlite",
            migrations: [Migration("rows", "CREATE TABLE rows (at INTEGER PRIMARY KEY) STRICT")],
            readers: 0, clock: clock)
        let start = clock.now().milliseconds
        try await database.write { tx in
            for number in 0..<rows {
                try tx.execute("INSERT INTO rows VALUES (?1)", .int(start + Int64(number)))
            }
        }
        clock.advance(seconds: 10 * 86_400)
        let rule = RetentionRule("rows", days: days) { db in
            try db.row("SELECT at FROM rows ORDER BY at LIMIT 1") { $0.time(0) }
        } purge: { time, limit, tx in
            try tx.execute(
                "DELETE FROM rows WHERE at IN (SELECT at FROM rows WHERE at < ?1 LIMIT ?2)",
                .time(time), .int(limit))
        }
        let group = EventLoopGroup(count: 1)
        let runtime = Runtime(group: group, logger: LogBook().logger(service: "x"), clock: clock)
        try await body(Retention([rule], of: database, runtime), database)
        database.close()
        group.stop()
    }

    private func metrics(_ retention: Retention) throws -> Prometheus {
        var text = MetricsText()
        retention.writeMetrics(&text)
        return try Prometheus(text.text)
    }

    @Test func `all that is too old is deleted in slices, and counted`() async throws {
        try await withRunner(rows: 1_000, days: 9) { retention, database in
            await retention.purge()
            let left = try database.read { try $0.row("SELECT count(*) FROM rows") { $0.int(0) } }
            #expect(left == 0)
            let found = try metrics(retention)
            #expect(found.value("latchkey_retention_purged_total", ["what": "rows"]) == 1_000)
            #expect(found.value("latchkey_retention_oldest_seconds", ["what": "rows"]) == nil)
        }
    }

    @Test(arguments: [nil, 11]) func `what is young enough stays`(_ days: Int?) async throws {
        try await withRunner(rows: 10, days: days) { retention, _ in
            await retention.purge()
            let found = try metrics(retention)
            #expect(found.value("latchkey_retention_purged_total", ["what": "rows"]) == 0)
            #expect(found.value("latchkey_retention_oldest_seconds", ["what": "rows"]) == 864_000)
        }
    }

    @Test func `a clock is trusted after an hour without a jump`() {
        let hour = SteadyClock.neededMilliseconds
        let (begin, time) = (Ticks(nanoseconds: 5), Timestamp(milliseconds: 1_000_000))
        var clock = SteadyClock(at: begin, time)
        /// - Parameter ahead: by how much the clock is wrong, in milliseconds.
        func isSteady(after milliseconds: Int, ahead: Int64 = 0) -> Bool {
            clock.isSteady(
                at: begin.adding(milliseconds: milliseconds),
                time.adding(milliseconds: Int64(milliseconds) + ahead))
        }
        #expect(!isSteady(after: hour - 1))
        #expect(isSteady(after: hour, ahead: 59_000))
        // It jumps to another year, and back.
        #expect(!isSteady(after: hour + 60_000, ahead: 400_000_000_000))
        #expect(!isSteady(after: hour + 120_000))
        #expect(!isSteady(after: 2 * hour + 60_000))
        #expect(isSteady(after: 2 * hour + 120_000))
    }

    @Test(arguments: [("0", nil, 0), ("90", 90, 0), ("89", 89, 1), ("-1", nil, 1)])
    func `days are none or at least as many as a rule needs`(
        _ text: String, _ days: Int?, _ mistakes: Int
    ) {
        var settings = Settings(["X": text])
        let read = settings.retention("X", default: 0, atLeast: 90, "x is kept")
        #expect(read == days)
        #expect(settings.mistakes.count == mistakes)
    }
}
