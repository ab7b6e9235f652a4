import EventLoop
import Kernel
import SQLite
import Synchronization

/// Sends the mails of one database, several concurrently, until it is stopped. Each is sent at
/// least once: after a crash between sending and marking it is sent again with the same Message-ID.
/// A refused mail waits for its retry and delays no other.
public actor MailRelay {
    /// Milliseconds. The defaults are those of production.
    public struct Options: Sendable {
        /// Between polls for due mails, unless it is woken.
        public var pollMilliseconds = 250
        /// After each outage in a row, until one mail is tried; the last one repeats.
        public var pauses = [1_000, 2_000, 5_000, 10_000, 30_000]
        /// After each refused login in a row.
        public var loginPauses = [60_000, 300_000, 900_000]
        /// For running deliveries when it is stopped.
        public var graceMilliseconds = 3_000
        /// Between purges.
        public var purgeMilliseconds = 3_600_000

        public init() {}
    }

    /// Records how a mail ended, in the transaction that marks it.
    public typealias Settled = @Sendable (MailOutcome, Transaction) throws -> Void

    private static let purgeLimit = 500
    /// Connections are closed after so long without a mail.
    private static let idleMilliseconds = 5_000
    /// Between attempts to write the database.
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
    private nonisolated let wakes: AsyncStream<Void>
    private nonisolated let continuation: AsyncStream<Void>.Continuation
    private var tasks: [Task<Void, Never>] = []
    /// By the mail's id.
    private var running: [String: Task<Void, Never>] = [:]
    private var isStopping = false
    /// In a row, of the same kind.
    private var outages = 0
    private var pausedUntil = Ticks(nanoseconds: 0)
    private var purgeAt = Ticks(nanoseconds: 0)

    /// - Parameters:
    ///   - outbox: with the key that sealed the mails in the database.
    ///   - report: logs a line; no line contains an address or content.
    ///   - settled: called for each mail that was sent or failed.
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
        // One pending wake-up stands for all.
        (wakes, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// A relay can be started once.
    public func start() {
        guard tasks.isEmpty, !isStopping else { return }
        let poll = options.pollMilliseconds
        tasks = [
            Task { await work() },
            Task { [continuation] in
                while !Task.isCancelled {
                    continuation.yield()
                    try? await Task.sleep(for: .milliseconds(poll))
                }
            },
        ]
    }

    /// Looks for due mails now; called after a commit that wrote one.
    public nonisolated func wake() { continuation.yield() }

    /// Starts no further deliveries, and returns when none is running. Those that don't end within
    /// the grace period are cancelled, and sent again after the next start.
    public func stop() async {
        isStopping = true
        continuation.finish()
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

    /// The backlog, and the counts since the start.
    public nonisolated func statistics() throws -> MailStatistics {
        let backlog = try database.read { try MailStore.backlog(in: $0) }
        return MailStatistics(
            pending: backlog.count, oldest: backlog.oldest, outage: outbox.outage.current,
            totals: totals.withLock { $0 })
    }

    /// How often the waiting mail that is tried next was tried, and why the last attempt failed;
    /// nil if it never was.
    public nonisolated func trouble() throws -> (attempts: Int, error: String)? {
        try database.read { try MailStore.trouble(in: $0) }
    }

    // MARK: The loop

    private func work() async {
        for await _ in wakes where !isStopping {
            await redate()
            if Ticks.now >= pausedUntil { startDeliveries() }
            if Ticks.now >= purgeAt { await purge() }
        }
    }

    /// Starts as many deliveries as there is room for. During an outage one mail at a time is
    /// tried.
    private func startDeliveries() {
        let room = (outages > 0 ? 1 : target.concurrency) - running.count
        guard room > 0 else { return }
        do {
            let (now, limit) = (clock.now(), room + running.count)
            let ids = try database.read { try MailStore.due(at: now, limit: limit, in: $0) }
            for id in ids.filter({ running[$0] == nil }).prefix(room) {
                running[id] = Task { await deliver(id) }
            }
        } catch {
            report("can't send mails: \(error)")
        }
        if running.isEmpty { target.close(idleFor: Self.idleMilliseconds) }
    }

    /// Corrects attempts that a clock that ran ahead has delayed.
    private func redate() async {
        do {
            while try database.read({ try MailStore.isDated(after: clock.now(), in: $0) }),
                try await database.write({ try MailStore.redate(limit: Self.purgeLimit, in: $0) })
                    > 0
            {}
        } catch {
            report("can't correct mails dated in the future: \(error)")
        }
    }

    private func deliver(_ id: String) async {
        defer {
            running[id] = nil
            continuation.yield()
        }
        do {
            guard let mail = try database.read({ try MailStore.load(id, in: $0) }) else { return }
            let (failure, isTargets) = await attempt(mail)
            // Cancelled: whether the mail was accepted is unknown.
            if failure != nil, isStopping, Task.isCancelled { return }
            if isTargets { recordOutage(failure) }
            await mark(mail, failure)
        } catch {
            report("can't send mails: \(error)")
            pause(Self.repeatMilliseconds)
        }
    }

    /// - Returns: also whether it is the target's answer: one that was not asked can be out.
    private func attempt(
        _ mail: MailStore.Due
    ) async -> (failure: MailFailure?, isTargets: Bool) {
        guard let outgoing = outbox.open(mail.sealed, id: mail.id) else {
            // It can be opened after a start with the right key.
            return (MailFailure(.temporary, "its content is sealed with another key"), false)
        }
        if let goodUntil = mail.goodUntil, clock.now() >= goodUntil {
            return (MailFailure(.permanent, "it expired before it was sent"), false)
        }
        // A decoy counts as sent.
        if outgoing.recipient.isEmpty { return (nil, false) }
        faults.reach(.mailRead)
        do throws(MailFailure) {
            try await target.deliver(outgoing)
            faults.reach(.mailSent)
            return (nil, true)
        } catch {
            return (error, true)
        }
    }

    /// Pauses after an outage, and ends the pause after anything else.
    private func recordOutage(_ failure: MailFailure?) {
        let before = outbox.outage.replace(failure)
        guard let failure, failure.kind.isOutage else {
            outages = 0
            pausedUntil = Ticks(nanoseconds: 0)
            return
        }
        // Concurrent failures are one outage.
        guard Ticks.now >= pausedUntil else { return }
        if before?.kind != failure.kind { outages = 0 }
        let pauses = failure.kind == .login ? options.loginPauses : options.pauses
        let pause = pauses.isEmpty ? 0 : pauses[min(outages, pauses.count - 1)]
        outages += 1
        self.pause(pause - Int.random(in: 0...pause / 4))
    }

    private func pause(_ milliseconds: Int) {
        pausedUntil = max(pausedUntil, Ticks.now.adding(milliseconds: milliseconds))
    }

    // MARK: Marking

    /// Returns when the mark is on disk: until then the mail counts as being delivered, so that it
    /// isn't sent again, and a database that can't be written stops the sending.
    private func mark(_ mail: MailStore.Due, _ failure: MailFailure?) async {
        while true {
            do {
                try await mark(mail, failure, with: settled)
                return
            } catch let error as DatabaseError {
                report("mail \(mail.id) can't be marked: \(error)")
            } catch {
                // A failing callback must not cause the mail to be sent again and again.
                report("mail \(mail.id): can't record its end: \(error)")
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
        let what = mark.outcome == nil ? "will be retried" : "failed"
        report("mail \(mail.id) \(what): \(failure.reason)")
    }

    /// Purges a batch of rows; the rest at the next wake-up.
    private func purge() async {
        do {
            let count = try await database.write {
                try MailStore.purge(limit: Self.purgeLimit, in: $0)
            }
            guard count < Self.purgeLimit else {
                continuation.yield()
                return
            }
        } catch {
            report("can't purge mails: \(error)")
        }
        purgeAt = Ticks.now.adding(milliseconds: options.purgeMilliseconds)
    }
}
