import EventLoop
import Kernel
import SQLite
import Synchronization

/// Hands over the mails of one database, several at once, until it is stopped. Each is handed over
/// at least once: what dies between handing over and marking sends it again with the same
/// Message-ID. A mail that is refused waits by itself and holds up no other.
public actor MailRelay {
    /// Milliseconds. The defaults are those of production.
    public struct Options: Sendable {
        /// Between looks at what is due, where nobody wakes it.
        public var pollMilliseconds = 250
        /// After outages in a row, until one mail is tried; the last one repeats.
        public var pauses = [1_000, 2_000, 5_000, 10_000, 30_000]
        /// For what is being delivered when it is stopped.
        public var graceMilliseconds = 3_000
        /// Between purges.
        public var purgeMilliseconds = 3_600_000

        public init() {}
    }

    /// Records how a mail ended, in the transaction that marks it.
    public typealias Settled = @Sendable (MailOutcome, Transaction) throws -> Void

    private static let purgeLimit = 500
    /// Connections without a mail for so long are given up.
    private static let idleMilliseconds = 5_000
    /// Until the database is asked again whether it can be written.
    private static let repeatMilliseconds = 1_000

    let outbox: MailOutbox
    let database: Database
    let target: any MailTarget
    let settled: Settled
    private let clock: any Clock
    private let options: Options
    private let faults: CrashPoints
    let report: @Sendable (String) -> Void

    private nonisolated let totals = Mutex(MailTotals())
    private nonisolated let rings: AsyncStream<Void>
    private nonisolated let bell: AsyncStream<Void>.Continuation
    private var tasks: [Task<Void, Never>] = []
    /// By the mail's id.
    private var running: [String: Task<Void, Never>] = [:]
    private var isStopping = false
    /// In a row.
    private var outages = 0
    private var pausedUntil = Ticks(nanoseconds: 0)
    private var purgeAt = Ticks(nanoseconds: 0)

    /// - Parameters:
    ///   - outbox: with the key that sealed what is in the database.
    ///   - report: takes a line for the log; no line names an address or content.
    ///   - settled: runs for each mail that was handed over or given up.
    public init(
        _ outbox: MailOutbox, from database: Database, to target: any MailTarget,
        clock: any Clock = SystemClock(), options: Options = Options(),
        faults: CrashPoints = CrashPoints(), report: @escaping @Sendable (String) -> Void,
        settled: @escaping Settled = { _, _ in }
    ) {
        self.outbox = outbox
        self.database = database
        self.target = target
        self.clock = clock
        self.options = options
        self.faults = faults
        self.report = report
        self.settled = settled
        // One ring that was not heard yet stands for all.
        (rings, bell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Begins. A relay runs once.
    public func start() {
        guard tasks.isEmpty, !isStopping else { return }
        let poll = options.pollMilliseconds
        tasks = [
            Task { await work() },
            Task { [bell] in
                while !Task.isCancelled {
                    bell.yield()
                    try? await Task.sleep(for: .milliseconds(poll))
                }
            },
        ]
    }

    /// Looks for mails now: for after a commit that wrote one.
    public nonisolated func wake() { bell.yield() }

    /// Begins no more, and returns when nothing is being delivered. What does not end within the
    /// grace is broken off, and sent again after the next start.
    public func stop() async {
        isStopping = true
        bell.finish()
        for task in tasks { task.cancel() }
        let deliveries = Array(running.values)
        let grace = options.graceMilliseconds
        let limit = Task {
            try? await Task.sleep(for: .milliseconds(grace))
            for delivery in deliveries { delivery.cancel() }
        }
        for delivery in deliveries { await delivery.value }
        limit.cancel()
        for task in tasks { await task.value }
        target.close(idleFor: 0)
    }

    /// What waits, and what was done since the start.
    public nonisolated func statistics() throws -> MailStatistics {
        let backlog = try database.read { try MailStore.backlog(in: $0) }
        return MailStatistics(
            pending: backlog.count, oldest: backlog.oldest, totals: totals.withLock { $0 })
    }

    // MARK: The loop

    private func work() async {
        for await _ in rings where !isStopping {
            await redate()
            if Ticks.now >= pausedUntil { fill() }
            if Ticks.now >= purgeAt { await purge() }
        }
    }

    /// Begins as many deliveries as there is room for. During an outage one at a time is tried.
    private func fill() {
        let room = (outages > 0 ? 1 : target.concurrency) - running.count
        guard room > 0 else { return }
        do {
            let (now, limit) = (clock.now(), room + running.count)
            let ids = try database.read { try MailStore.due(at: now, limit: limit, in: $0) }
            for id in ids.filter({ running[$0] == nil }).prefix(room) {
                running[id] = Task { await deliver(id) }
            }
        } catch {
            report("mails wait: \(error)")
        }
        if running.isEmpty { target.close(idleFor: Self.idleMilliseconds) }
    }

    /// What a clock that ran ahead has put off is due by the clock as it is now.
    private func redate() async {
        do {
            while try database.read({ try MailStore.isDated(after: clock.now(), in: $0) }),
                try await database.write({ try MailStore.redate(limit: Self.purgeLimit, in: $0) })
                    > 0
            {}
        } catch {
            report("mails wait for the time of a clock that ran ahead: \(error)")
        }
    }

    private func deliver(_ id: String) async {
        defer {
            running[id] = nil
            bell.yield()
        }
        do {
            guard let mail = try database.read({ try MailStore.load(id, in: $0) }) else { return }
            let failure = await attempt(mail)
            // Broken off: nobody knows whether it was taken.
            if failure != nil, isStopping, Task.isCancelled { return }
            note(failure)
            await mark(mail, failure)
        } catch {
            report("mails wait: \(error)")
            pause(Self.repeatMilliseconds)
        }
    }

    private func attempt(_ mail: MailStore.Due) async -> MailFailure? {
        guard let outgoing = outbox.open(mail.sealed, id: mail.id) else {
            // With the right key at the next start it opens again.
            return MailFailure(.temporary, "its content was sealed with another key")
        }
        if let goodUntil = mail.goodUntil, clock.now() >= goodUntil {
            return MailFailure(.permanent, "it came too late")
        }
        // A decoy is as good as taken.
        if outgoing.recipient.isEmpty { return nil }
        faults.reach(.mailRead)
        do throws(MailFailure) {
            try await target.deliver(outgoing)
            faults.reach(.mailSent)
            return nil
        } catch {
            return error
        }
    }

    private func note(_ failure: MailFailure?) {
        guard failure?.kind == .outage else {
            outages = 0
            pausedUntil = Ticks(nanoseconds: 0)
            return
        }
        // Those that were on their way together are one outage.
        guard Ticks.now >= pausedUntil else { return }
        let pauses = options.pauses
        let pause = pauses.isEmpty ? 0 : pauses[min(outages, pauses.count - 1)]
        outages += 1
        self.pause(pause - Int.random(in: 0...pause / 4))
    }

    private func pause(_ milliseconds: Int) {
        pausedUntil = max(pausedUntil, Ticks.now.adding(milliseconds: milliseconds))
    }

    // MARK: What became of it

    /// Returns when that is on disk: until then the mail counts as being delivered, so that it is
    /// not sent again, and a database that can't be written stops the sending.
    private func mark(_ mail: MailStore.Due, _ failure: MailFailure?) async {
        while true {
            do {
                try await mark(mail, failure, with: settled)
                return
            } catch let error as DatabaseError {
                report("mail \(mail.id) can't be marked: \(error)")
            } catch {
                // The context's own mistake must not have the mail sent again and again.
                report("mail \(mail.id): its end could not be recorded: \(error)")
                if (try? await mark(mail, failure, with: { _, _ in })) != nil { return }
            }
            if isStopping { return }
            try? await Task.sleep(for: .milliseconds(Self.repeatMilliseconds))
        }
    }

    private func mark(
        _ mail: MailStore.Due, _ failure: MailFailure?, with settled: @escaping Settled
    ) async throws {
        let chance = Double.random(in: 0..<1)
        let mark = try await database.write { tx in
            let mark = try MailMark(mail, failure, chance: chance, in: tx)
            if let outcome = mark.outcome { try settled(outcome, tx) }
            return mark
        }
        faults.reach(.mailMarked)
        totals.withLock { $0.count(mark.outcome, failure) }
        guard let failure else { return }
        let what = mark.outcome == nil ? "waits" : "is given up"
        report("mail \(mail.id) \(what): \(failure.reason)")
    }

    /// Deletes a part of what was kept long enough; the rest at the next ring.
    private func purge() async {
        do {
            let count = try await database.write {
                try MailStore.purge(limit: Self.purgeLimit, in: $0)
            }
            guard count < Self.purgeLimit else {
                bell.yield()
                return
            }
        } catch {
            report("mails are not purged: \(error)")
        }
        purgeAt = Ticks.now.adding(milliseconds: options.purgeMilliseconds)
    }
}
