import Kernel
import SQLite
import Synchronization
import TestSupport
import Testing

@testable import Mail

@Suite struct RelayTests {
    private static let later = MailFailure(.temporary, "later", code: 451)

    @Test func `mails are sent in the order of their creation, each once`() async throws {
        let world = try MailWorld()
        var ids: [String] = []
        for _ in 0..<200 { ids.append(try await world.add()) }
        let target = FakeTarget(concurrency: 1)
        let relay = world.relay(target)
        await relay.start()
        #expect(try await eventually { try world.pending == 0 })
        await relay.stop()
        #expect(target.ids == ids)
        #expect(try relay.statistics().totals == MailTotals(sent: 200))
    }

    @Test func `deliveries run concurrently, up to the target's limit`()
        async throws
    {
        let world = try MailWorld()
        for _ in 0..<100 { try await world.add() }
        // Each waits until there are four, however long that takes.
        let begun = Atomic(0)
        let target = FakeTarget(concurrency: 4) { _, _ in
            begun.add(1, ordering: .relaxed)
            _ = await eventually { begun.load(ordering: .relaxed) >= 4 }
            return nil
        }
        let relay = world.relay(target)
        await relay.start()
        #expect(try await eventually { try world.pending == 0 })
        await relay.stop()
        #expect(Set(target.ids).count == 100)
        #expect(target.attempts.count == 100)
        #expect(target.most == 4)
    }

    @Test func `waking the relay sends a mail without waiting for a poll`()
        async throws
    {
        let world = try MailWorld()
        let target = FakeTarget()
        let relay = world.relay(target) { $0.pollMilliseconds = 3_600_000 }
        await relay.start()
        for number in 1...20 {
            try await world.add()
            relay.wake()
            #expect(await eventually { target.mails.count == number })
        }
        await relay.stop()
    }

    @Test func `a refusing mailbox doesn't delay other mails`() async throws {
        let world = try MailWorld()
        let bad = try await world.add(to: "bad@example.com")
        let target = FakeTarget(concurrency: 1) { mail, _ in
            mail.recipient.hasPrefix("bad") ? Self.later : nil
        }
        let relay = world.relay(target)
        await relay.start()
        #expect(await eventually { target.attempts == [bad] })
        for _ in 0..<10 { try await world.add() }
        #expect(await eventually { target.mails.count == 10 })
        #expect(try world.find(bad)?.lastCode == 451)
        #expect(target.attempts.count { $0 == bad } == 1)
        world.clock.advance(seconds: 1)
        #expect(await eventually { target.attempts.count { $0 == bad } == 2 })
        await relay.stop()
    }

    @Test func `a slow delivery doesn't delay other mails`() async throws {
        let world = try MailWorld()
        let gate = Gate()
        let slow = try await world.add(to: "slow@example.com")
        let target = FakeTarget(concurrency: 2) { mail, _ in
            if mail.recipient.hasPrefix("slow") { await gate.wait() }
            return nil
        }
        let relay = world.relay(target)
        await relay.start()
        for _ in 0..<10 { try await world.add() }
        #expect(await eventually { target.mails.count == 10 })
        #expect(try world.find(slow)?.status == .pending)
        gate.open()
        #expect(try await eventually { try world.find(slow)?.status == .sent })
        await relay.stop()
    }

    @Test func `a temporary failure is retried for two days`()
        async throws
    {
        let world = try MailWorld()
        let outcomes = Mutex<[MailOutcome]>([])
        let id = try await world.add(about: "inv_1")
        let target = FakeTarget { _, _ in Self.later }
        let relay = world.relay(
            target, settled: { outcome, _ in outcomes.withLock { $0.append(outcome) } })
        await relay.start()
        var attempts = 1
        let start = world.clock.now()
        #expect(try await eventually { try world.find(id)?.attempts == 1 })
        while let next = try world.find(id)?.nextAttemptAt {
            let wait = next.milliseconds - world.clock.now().milliseconds
            world.clock.advance(seconds: (wait + 999) / 1_000)
            attempts += 1
            let expected = attempts
            #expect(try await eventually { try world.find(id)?.attempts == expected })
            guard attempts < 200 else { break }
        }
        await relay.stop()
        #expect(try world.find(id)?.status == .failed)
        let seconds = (world.clock.now().milliseconds - start.milliseconds) / 1_000
        #expect((172_800...172_801).contains(seconds))
        #expect((50...80).contains(attempts))
        #expect(target.attempts.count == attempts)
        #expect(
            outcomes.withLock { $0 } == [
                MailOutcome(id: id, about: "inv_1", failure: Self.later, attempts: attempts)
            ])
    }

    @Test func `a permanent failure ends the mail`() async throws {
        let world = try MailWorld()
        let id = try await world.add()
        let target = FakeTarget { _, _ in MailFailure(.permanent, "no", code: 550) }
        let relay = world.relay(target)
        await relay.start()
        #expect(try await eventually { try world.find(id)?.status == .failed })
        world.clock.advance(seconds: 7_200)
        let later = try await world.add()
        #expect(try await eventually { try world.find(later)?.status == .failed })
        await relay.stop()
        #expect(target.attempts == [id, later])
        #expect(try relay.statistics().totals == MailTotals(failed: 2))
        #expect(
            world.lines.withLock { $0 } == [id, later].map { "mail \($0) failed: no" })
    }

    @Test func `during an outage one mail is tried at a time, without counting attempts`()
        async throws
    {
        let world = try MailWorld()
        var ids: [String] = []
        for _ in 0..<50 { ids.append(try await world.add()) }
        let isOut = Mutex(true)
        let target = FakeTarget { _, _ in
            isOut.withLock { $0 } ? MailFailure(.outage, "nobody there") : nil
        }
        let relay = world.relay(target)
        await relay.start()
        #expect(await eventually { target.attempts.count >= 12 })
        // The first four were delivered concurrently; afterwards only the first.
        #expect(Set(target.attempts) == Set(ids[..<4]))
        #expect(Set(target.attempts[4...]) == [ids[0]])
        #expect(try world.find(ids[0])?.attempts == 0)
        #expect(try world.find(ids[0])?.lastError == "nobody there")
        isOut.withLock { $0 = false }
        #expect(try await eventually { try world.pending == 0 })
        await relay.stop()
        #expect(try world.find(ids[0])?.attempts == 1)
        #expect(Set(target.ids) == Set(ids))
    }

    @Test func `an outage of more than two days fails mails`() async throws {
        let world = try MailWorld()
        let id = try await world.add()
        let target = FakeTarget { _, _ in MailFailure(.outage, "nobody there") }
        let relay = world.relay(target)
        await relay.start()
        #expect(await eventually { target.attempts.count >= 2 })
        world.clock.advance(seconds: 172_800)
        #expect(try await eventually { try world.find(id)?.status == .failed })
        await relay.stop()
    }

    @Test func `a refused login fails no mail, and is retried slowly`() async throws {
        let world = try MailWorld()
        let id = try await world.add()
        let isRefused = Mutex(true)
        let target = FakeTarget { _, _ in
            isRefused.withLock { $0 } ? MailFailure(.login, "no login", code: 535) : nil
        }
        let relay = world.relay(target) { $0.loginPauses = [1_000_000] }
        await relay.start()
        #expect(await eventually { world.outbox.outage.current?.code == 535 })
        #expect(try relay.statistics().outage?.kind == .login)
        #expect(try await eventually { try world.find(id)?.lastError == "no login" })
        // Many polls later.
        for _ in 0..<20 {
            try await world.add()
            relay.wake()
        }
        #expect(target.attempts == [id])
        await relay.stop()
        // After a week it is tried again, and not failed.
        world.clock.advance(seconds: 7 * 86_400)
        let second = world.relay(target)
        await second.start()
        #expect(await eventually { target.attempts.count >= 2 })
        await second.stop()
        #expect(try world.find(id)?.status == .pending)
        #expect(try world.find(id)?.attempts == 0)
        isRefused.withLock { $0 = false }
        let third = world.relay(target)
        await third.start()
        #expect(try await eventually { try world.pending == 0 })
        #expect(world.outbox.outage.current == nil)
        #expect(try third.statistics().outage == nil)
        await third.stop()
        #expect(target.ids.count == 21)
    }

    @Test func `each kind of outage has pauses of its own`() async throws {
        let world = try MailWorld()
        let id = try await world.add()
        let target = FakeTarget { _, number in
            number < 3 ? MailFailure(.outage, "away") : MailFailure(.login, "no login")
        }
        // A fourth pause of an outage would be the last.
        let relay = world.relay(target) {
            $0.pauses = [1, 1, 1, 1_000_000]
            $0.loginPauses = [1, 1_000_000]
        }
        await relay.start()
        #expect(await eventually { target.attempts.count == 5 })
        await relay.stop()
        #expect(target.attempts == Array(repeating: id, count: 5))
    }

    /// Who asks for codes of unknown users makes decoys, and could otherwise have the relay try its
    /// login again and again.
    @Test func `a mail that needs no relay ends no outage`() async throws {
        let world = try MailWorld()
        let message = try Sample.message()
        let (expired, decoy) = try await world.database.write { [outbox = world.outbox] tx in
            (
                try outbox.add(message, goodUntil: tx.now.adding(seconds: 10), in: tx),
                try outbox.add(message, isDecoy: true, in: tx)
            )
        }
        let waiting = try await world.add()
        let target = FakeTarget(concurrency: 1) { _, _ in
            world.clock.advance(seconds: 60)
            return MailFailure(.login, "no login", code: 535)
        }
        let relay = world.relay(target) { $0.loginPauses = [1, 1, 1_000_000] }
        await relay.start()
        #expect(try await eventually { try world.find(decoy)?.status == .sent })
        #expect(await eventually { target.attempts.count >= 3 })
        #expect(!(await eventually(within: 100) { target.attempts.count > 3 }))
        #expect(target.attempts == [expired, waiting, waiting])
        #expect(try world.find(expired)?.status == .failed)
        #expect(world.outbox.outage.current?.kind == .login)
        await relay.stop()
    }

    private func isRedated(_ world: MailWorld) async throws -> Bool {
        try await eventually {
            try !world.database.read { try MailStore.isDated(after: world.clock.now(), in: $0) }
        }
    }

    @Test(arguments: FakeClock.errors)
    func `the next attempt follows the corrected clock`(error: Int64) async throws {
        let world = try MailWorld()
        let target = FakeTarget { _, number in
            number == 0 ? MailFailure(.temporary, "not now") : nil
        }
        let relay = world.relay(target)
        let isTried = try await world.clock.wrong(by: error) {
            let id = try await world.add()
            await relay.start()
            return try await eventually { try world.find(id)?.nextAttemptAt != nil }
        }
        #expect(isTried)
        #expect(try await isRedated(world))
        // The longest first pause.
        world.clock.advance(seconds: 1)
        #expect(await eventually { target.mails.count == 1 })
        #expect(try await eventually { try world.pending == 0 })
        await relay.stop()
    }

    @Test func `a restarted relay ignores the wrong clock of the last one`()
        async throws
    {
        let world = try MailWorld()
        let first = world.relay(FakeTarget { _, _ in MailFailure(.temporary, "not now") })
        let isTried = try await world.clock.wrong(by: 379_000_000) {
            let id = try await world.add()
            await first.start()
            let isTried = try await eventually { try world.find(id)?.nextAttemptAt != nil }
            await first.stop()
            return isTried
        }
        #expect(isTried)
        let target = FakeTarget()
        let second = world.relay(target)
        await second.start()
        #expect(try await isRedated(world))
        world.clock.advance(seconds: 1)
        #expect(await eventually { target.mails.count == 1 })
        await second.stop()
    }

    @Test func `a mail dated in the future still fails after two days`()
        async throws
    {
        let world = try MailWorld()
        let id = try await world.clock.wrong(by: 379_000_000) { try await world.add() }
        let target = FakeTarget { _, _ in MailFailure(.temporary, "not now") }
        let relay = world.relay(target)
        await relay.start()
        #expect(await eventually { target.attempts.count == 1 })
        #expect(try await eventually { try world.find(id)?.nextAttemptAt != nil })
        world.clock.advance(seconds: 2 * 86_400)
        #expect(try await eventually { try world.find(id)?.status == .failed })
        await relay.stop()
    }

    @Test(arguments: FakeClock.errors)
    func `the newest mail about something is the last one written`(error: Int64) async throws {
        let world = try MailWorld()
        try await world.clock.wrong(by: error) { _ = try await world.add(about: "x") }
        let last = try await world.add(about: "x")
        let latest = try world.database.read { try MailOutbox.latest(about: "x", in: $0) }
        #expect(latest?.id == last)
    }

    @Test func `rows dated in the future are purged, and no others early`() async throws {
        let world = try MailWorld()
        let ids = try await world.clock.wrong(by: 379_000_000) {
            let id = try await world.add()
            try await world.database.write { _ = try MailOutbox.withdraw(id, in: $0) }
            return [id]
        }
        let kept = try await world.add()
        try await world.database.write { _ = try MailOutbox.withdraw(kept, in: $0) }
        world.clock.advance(seconds: -3_600)
        #expect(try await world.database.write { try MailStore.purge(limit: 9, in: $0) } == 1)
        #expect(try world.find(ids[0]) == nil && world.find(kept) != nil)
    }

    @Test func `setting the clock back delays no new mail`() async throws {
        let world = try MailWorld()
        let target = FakeTarget()
        let relay = world.relay(target)
        await relay.start()
        try await world.add()
        world.clock.advance(seconds: -86_400)
        try await world.add()
        #expect(await eventually { target.mails.count == 2 })
        await relay.stop()
    }
}

/// Waits until it is opened.
final class Gate: Sendable {
    private let stream = AsyncStream<Void>.makeStream()

    func open() { stream.continuation.finish() }

    func wait() async { for await _ in stream.stream {} }
}

extension MailTotals {
    init(sent: Int = 0, failed: Int = 0) {
        self.init()
        let outcome = { (failure: MailFailure?) in
            MailOutcome(id: "", about: nil, failure: failure, attempts: 1)
        }
        for _ in 0..<sent { count(outcome(nil), nil) }
        let failure = MailFailure(.permanent, "")
        for _ in 0..<failed { count(outcome(failure), failure) }
    }
}
