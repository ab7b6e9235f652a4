import Kernel
import SQLite
import Synchronization
import TestSupport
import Testing

@testable import Mail

/// Failures of the process, the disk and the context's own code.
@Suite struct CrashTests {
    @Test func `a crash between sending and marking sends the mail again, byte for byte`()
        async throws
    {
        let folder = try TemporaryFolder()
        var world = try MailWorld(in: folder)
        for _ in 0..<8 { try await world.add() }
        // Accepts each mail and never returns, as if the process crashed then.
        let handed = Mutex<[OutgoingMail]>([])
        let forever = Gate()
        let dying = FakeTarget { mail, _ in
            handed.withLock { $0.append(mail) }
            await forever.wait()
            return MailFailure(.temporary, "the delivery was stopped")
        }
        let first = world.relay(dying) { $0.graceMilliseconds = 0 }
        await first.start()
        #expect(await eventually { handed.withLock { $0.count } == 4 })
        await first.stop()
        #expect(try world.pending == 8)
        world.database.close()

        world = try MailWorld(in: folder)
        let target = FakeTarget()
        let second = world.relay(target)
        await second.start()
        #expect(try await eventually { try world.pending == 0 })
        await second.stop()
        #expect(target.mails.count == 8)
        let again = handed.withLock { $0 }
        #expect(again.allSatisfy { target.mails.contains($0) })
        // A cancelled attempt doesn't count.
        for id in target.ids { #expect(try world.find(id)?.attempts == 1) }
    }

    @Test func `stopping waits for running deliveries`() async throws {
        let world = try MailWorld()
        for _ in 0..<10 { try await world.add() }
        let gate = Gate()
        let target = FakeTarget { _, _ in
            await gate.wait()
            return nil
        }
        let relay = world.relay(target)
        await relay.start()
        #expect(await eventually { target.attempts.count == 4 })
        let stopped = Flag()
        let stop = Task {
            await relay.stop()
            stopped.set()
        }
        #expect(await never { stopped.isSet })
        gate.open()
        await stop.value
        #expect(target.mails.count == 4)
        #expect(try world.pending == 6)
    }

    @Test func `the context's record is written in the marking transaction`() async throws {
        let world = try MailWorld()
        let id = try await world.add()
        let target = FakeTarget()
        let relay = world.relay(
            target,
            settled: { outcome, tx in
                try tx.execute(
                    "INSERT INTO outcomes VALUES (?1, ?2)", .text(outcome.id),
                    .bool(outcome.isSent))
            })
        await relay.start()
        #expect(try await eventually { try world.pending == 0 })
        await relay.stop()
        let found = try world.database.read {
            try $0.row("SELECT is_sent FROM outcomes WHERE id = ?1", .text(id)) { $0.bool(0) }
        }
        #expect(found == true)
    }

    @Test func `a failing record neither repeats the mail nor delays others`() async throws {
        struct Mistake: Error {}
        let world = try MailWorld()
        for _ in 0..<10 { try await world.add() }
        let target = FakeTarget()
        let relay = world.relay(target, settled: { _, _ in throw Mistake() })
        await relay.start()
        #expect(try await eventually { try world.pending == 0 })
        await relay.stop()
        #expect(target.attempts.count == 10)
        #expect(world.lines.withLock { $0.count } == 10)
    }

    @Test func `no mail is sent while marks can't be written`() async throws {
        let world = try MailWorld()
        for _ in 0..<20 { try await world.add() }
        let isFull = Mutex(true)
        let target = FakeTarget()
        let relay = world.relay(
            target,
            settled: { _, _ in
                if isFull.withLock({ $0 }) { throw DatabaseError(.full, "no space") }
            })
        await relay.start()
        #expect(await eventually { world.lines.withLock { $0.count } >= 4 })
        #expect(await never { target.attempts.count != 4 })
        isFull.withLock { $0 = false }
        #expect(try await eventually { try world.pending == 0 })
        await relay.stop()
        #expect(target.attempts.count == 20)
    }

    @Test func `with another key no mail is sent or lost`() async throws {
        let folder = try TemporaryFolder()
        var world = try MailWorld(in: folder)
        let id = try await world.add()
        world.database.close()

        world = try MailWorld(in: folder, secret: "two")
        let wrong = FakeTarget()
        var relay = world.relay(wrong)
        await relay.start()
        #expect(try await eventually { try world.find(id)?.attempts == 1 })
        await relay.stop()
        #expect(wrong.attempts.isEmpty)
        #expect(try world.find(id)?.status == .pending)
        world.database.close()

        world = try MailWorld(in: folder)
        world.clock.advance(seconds: 60)
        let target = FakeTarget()
        relay = world.relay(target)
        await relay.start()
        #expect(await eventually { target.ids == [id] })
        await relay.stop()
    }

    @Test func `with 100,000 pending mails finding the due ones is cheap`() async throws {
        let world = try MailWorld(explains: true)
        try await world.database.write { tx in
            let ids = IDMinter(clock: SystemClock(), random: SeededRandom(seed: 1))
            for _ in 0..<100_000 {
                try MailStore.insert(
                    ids.make("mai_"), about: nil, goodUntil: nil, sealed: [], in: tx)
            }
        }
        // The index has the order, so nothing is sorted.
        let plan = try world.database.read { reader in
            try reader.rows(
                """
                EXPLAIN QUERY PLAN
                SELECT id FROM mails WHERE status = 'pending' AND next_at <= ?1
                ORDER BY next_at, id LIMIT ?2
                """, .int(1), .int(8)
            ) { $0.text(3) }
        }
        #expect(plan == ["SEARCH mails USING COVERING INDEX mails_due (status=? AND next_at<?)"])
        let backlog = try world.database.read { reader in
            try reader.rows(
                """
                EXPLAIN QUERY PLAN
                SELECT count(*), min(created_at) FROM mails WHERE status = 'pending'
                """
            ) { $0.text(3) }
        }
        #expect(backlog == ["SEARCH mails USING COVERING INDEX mails_due (status=?)"])
        #expect(try world.pending == 100_000)
    }
}
