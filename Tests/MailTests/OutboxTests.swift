import Kernel
import SQLite
import Synchronization
import TestSupport
import Testing

@testable import Mail

@Suite struct OutboxTests {
    @Test func `a mail is written if and only if its transaction commits`() async throws {
        let world = try MailWorld()
        struct Refused: Error {}
        let message = try Sample.message()
        let outbox = world.outbox
        await #expect(throws: Refused.self) {
            try await world.database.write { tx in
                try outbox.add(message, in: tx)
                throw Refused()
            }
        }
        #expect(try world.pending == 0)
        let id = try await world.add(about: "inv_1")
        #expect(IDMinter.isWellFormed(id, prefix: "mai_"))
        let record = try #require(try world.find(id))
        #expect(record.status == .pending)
        #expect(record.about == "inv_1")
        #expect(record.attempts == 0)
        #expect(record.createdAt == world.clock.now())
        #expect(record.nextAttemptAt == nil)
        #expect(try world.find("mai_0") == nil)
    }

    @Test func `the newest mail about something is found`() async throws {
        let world = try MailWorld()
        try await world.add(about: "inv_1")
        let second = try await world.add(about: "inv_1")
        try await world.add(about: "inv_2")
        let found = try world.database.read { try MailOutbox.latest(about: "inv_1", in: $0) }
        #expect(found?.id == second)
        #expect(try world.database.read { try MailOutbox.latest(about: "x", in: $0) } == nil)
    }

    @Test func `a mail is sent as written, byte for byte`() async throws {
        let world = try MailWorld()
        let message = try Sample.message(to: "ada@example.com", text: "Zoë\n\n.\n")
        let id = try await world.add(text: "Zoë\n\n.\n")
        let target = FakeTarget()
        let relay = world.relay(target)
        await relay.start()
        #expect(await eventually { target.mails.count == 1 })
        await relay.stop()
        #expect(
            target.mails == [
                OutgoingMail(
                    id: id, sender: "no-reply@latchkey.example", recipient: "ada@example.com",
                    bytes: message.bytes(id: id, date: world.clock.now()))
            ])
    }

    @Test func `the database files contain neither contents nor recipients of mails`() async throws
    {
        let world = try MailWorld()
        let secrets = ["4711-0815", "eve@secret.example"]
        let isClean = {
            try world.folder.contents().allSatisfy { _, bytes in
                let text = String(decoding: bytes, as: UTF8.self)
                return secrets.allSatisfy { !text.contains($0) }
            }
        }
        let target = FakeTarget { _, number in
            number < 2 ? MailFailure(.temporary, "later") : nil
        }
        let relay = world.relay(target)
        for _ in 0..<20 { try await world.add(to: secrets[1], text: "Code: \(secrets[0])") }
        #expect(try isClean())
        await relay.start()
        #expect(await eventually { target.attempts.count == 20 })
        #expect(try isClean())
        let areSent = await eventually(within: 60_000) {
            world.clock.advance(seconds: 10)
            return target.mails.count == 20
        }
        #expect(areSent)
        await relay.stop()
        #expect(try isClean())
        #expect(!world.lines.withLock { $0 }.contains { $0.contains(secrets[1]) })
        // Both the write-ahead log and the file were checked.
        #expect(try world.folder.contents().keys.contains { $0.hasSuffix("-wal") })
        world.database.close()
        #expect(try isClean())
    }

    @Test func `an ended mail keeps its row without content`() async throws {
        let world = try MailWorld()
        let (good, bad) = (try await world.add(), try await world.add(to: "bad@example.com"))
        let target = FakeTarget { mail, _ in
            mail.recipient.hasPrefix("bad") ? MailFailure(.permanent, "no", code: 550) : nil
        }
        let relay = world.relay(target)
        await relay.start()
        #expect(try await eventually { try world.pending == 0 })
        await relay.stop()
        let sealed = try world.database.read {
            try $0.rows(
                "SELECT 1 FROM mails WHERE id IN (?1, ?2) AND sealed IS NOT NULL", .text(good),
                .text(bad)
            ) { _ in true }
        }
        #expect(sealed.isEmpty)
        let sent = try #require(try world.find(good))
        #expect(sent.status == .sent)
        #expect(sent.attempts == 1)
        #expect(sent.endedAt == world.clock.now())
        let failed = try #require(try world.find(bad))
        #expect(failed.status == .failed)
        #expect(failed.lastError == "no")
        #expect(failed.lastCode == 550)
        #expect(failed.nextAttemptAt == nil)
    }

    @Test func `rows are purged a day after sending and 30 days after failing`() async throws {
        let world = try MailWorld()
        let target = FakeTarget { mail, _ in
            mail.recipient.hasPrefix("bad") ? MailFailure(.permanent, "no") : nil
        }
        let relay = world.relay(target) { $0.purgeMilliseconds = 0 }
        await relay.start()
        let earlier = try await world.add()
        #expect(try await eventually { try world.pending == 0 })
        world.clock.advance(seconds: 1)
        let (good, bad) = (try await world.add(), try await world.add(to: "bad@example.com"))
        #expect(try await eventually { try world.pending == 0 })
        world.clock.advance(seconds: 86_399)
        #expect(try await eventually { try world.find(earlier) == nil })
        #expect(try world.find(good) != nil)
        world.clock.advance(seconds: 1)
        #expect(try await eventually { try world.find(good) == nil })
        #expect(try world.find(bad) != nil)
        world.clock.advance(seconds: 29 * 86_400)
        #expect(try await eventually { try world.find(bad) == nil })
        await relay.stop()
    }

    @Test func `many old rows are purged in batches`() async throws {
        let world = try MailWorld()
        for _ in 0..<3 {
            _ = try await world.database.write { tx in
                for _ in 0..<400 {
                    let id = IDMinter(clock: SystemClock(), random: SystemRandom()).make("mai_")
                    try MailStore.insert(id, about: nil, goodUntil: nil, sealed: [], in: tx)
                    _ = try MailStore.end(
                        id, failure: nil, attempts: 1, purgeAt: tx.now, in: tx)
                }
            }
        }
        let relay = world.relay(FakeTarget()) { $0.purgeMilliseconds = 3_600_000 }
        await relay.start()
        let count = {
            try world.database.read {
                try $0.row("SELECT count(*) FROM mails WHERE status = 'sent'") { $0.int(0) } ?? 0
            }
        }
        #expect(try await eventually { try count() == 0 })
        await relay.stop()
    }

    @Test func `retry delays grow to an hour, with jitter, for two days`() {
        let created = FakeDates.morning
        let delays = (0...8).map { attempts in
            MailSchedule.next(after: attempts, created: created, now: created, chance: 0).map {
                ($0.milliseconds - created.milliseconds) / 1_000
            }
        }
        #expect(delays == [1, 1, 5, 30, 120, 600, 3_600, 3_600, 3_600])
        let early = MailSchedule.next(after: 6, created: created, now: created, chance: 0.999)
        #expect(early.map { $0.milliseconds - created.milliseconds > 2_700_000 } == true)
        let end = created.adding(seconds: 172_800)
        let late = created.adding(seconds: 172_799)
        // The last attempt is at the very end.
        #expect(MailSchedule.next(after: 50, created: created, now: late, chance: 0) == end)
        #expect(MailSchedule.next(after: 51, created: created, now: end, chance: 0) == nil)
    }
}
