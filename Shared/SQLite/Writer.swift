import Glibc
import Kernel
import Synchronization

/// The one connection that writes, on a thread of its own. It alone checkpoints, unless Litestream
/// does.
///
/// After an error that may mean that the disk has lost what SQLite wrote (fsync, I/O, damage) it
/// is *broken*: writes fail until the connection has been reopened and checked. A failed fsync is
/// not repeated, as the kernel may have dropped the pages (Rebello et al., USENIX ATC 2020).
final class Writer: @unchecked Sendable {
    let queue: WriteQueue
    private let files: DatabaseFiles
    private let clock: any Clock
    let options: DatabaseOptions
    private let counter: StatementCounter
    /// Nil without a gate.
    let confirmations: Confirmations?
    /// Counts reopenings: readers then open anew too, as the file may be another one.
    let generation = Atomic(0)
    /// Counts beginnings and ends of commits: it is odd while one may or may not be seen yet.
    let changes = Atomic(0)
    /// The log is longer than it should be: it begins anew only while no reader uses it.
    let isLogLong = Atomic(false)
    private let shared = Mutex(Shared())
    private let threadId = Atomic<UInt>(0)
    /// In milliseconds: by how much the time of a write may be ahead of the clock.
    static let longestStep: Int64 = 1_000

    // What follows is used on the writer's thread alone, before it starts and after it ended.
    private(set) var connection: Connection?
    private var lastNow = Timestamp(milliseconds: Int64.min)
    private var reopenAt: UInt64?
    private var reopenDelay: UInt64 = 0

    struct Shared {
        var statistics = DatabaseStatistics()
        var failure: DatabaseError?
    }

    init(
        _ connection: Connection, _ files: DatabaseFiles, clock: any Clock,
        options: DatabaseOptions, counter: StatementCounter
    ) {
        self.connection = connection
        self.files = files
        self.clock = clock
        self.options = options
        self.counter = counter
        self.queue = WriteQueue(maximum: options.maximumQueuedWrites)
        confirmations = options.gate.map { Confirmations($0, delay: options.confirmDelay) }
    }

    var statistics: DatabaseStatistics { shared.withLock { $0.statistics } }

    /// Why writes fail at the moment.
    var failure: DatabaseError? { shared.withLock { $0.failure } }

    /// What `Database.version` is.
    var version: Int? {
        let changes = changes.load(ordering: .sequentiallyConsistent)
        guard changes & 1 == 0 else { return nil }
        return changes + generation.load(ordering: .acquiring)
    }

    var isCurrentThread: Bool { threadId.load(ordering: .relaxed) == UInt(pthread_self()) }

    func record(_ change: (inout DatabaseStatistics) -> Void) {
        shared.withLock { change(&$0.statistics) }
    }

    /// The body of the thread: ends when the queue is closed and empty.
    func work() {
        threadId.store(UInt(pthread_self()), ordering: .relaxed)
        // The id may be given to another thread afterwards.
        defer { threadId.store(0, ordering: .relaxed) }
        while true {
            let due = earliest(reopenAt, confirmations?.retryAt)
            switch queue.next(limit: options.maximumBatch, until: due) {
            case .closed: return
            case .timeout: retry()
            case .batch(let jobs):
                if due != nil { retry() }
                process(jobs)
            }
        }
    }

    /// What is due of reopening and confirming.
    private func retry() {
        if let reopenAt, monotonicNanoseconds() >= reopenAt { reopen() }
        if let confirmations, let retryAt = confirmations.retryAt,
            monotonicNanoseconds() >= retryAt
        {
            confirm(confirmations, isRetry: true)
        }
    }

    /// The clock's time. Small steps backwards, as time daemons make them, are waited for; a clock
    /// that was set back by more is right, and deadlines go by it from the next write on.
    func nextNow() -> Timestamp {
        let now = clock.now()
        let isStep = now < lastNow && lastNow <= now.adding(milliseconds: Self.longestStep)
        if !isStep { lastNow = now }
        return lastNow
    }

    /// Closes the connection; after the thread has ended.
    func finish() {
        if options.checkpoints == .ours { try? connection?.checkpoint(truncate: true) }
        connection = nil
        confirmations?.close()
    }

    func markBroken(_ error: DatabaseError) {
        connection = nil
        reopenDelay = UInt64(options.reopenDelay) * 1_000_000
        reopenAt = monotonicNanoseconds() + reopenDelay
        shared.withLock { $0.failure = error }
    }

    private func reopen() {
        // Recovery can show what a commit that failed has left in the log.
        options.watch?.observer.committing()
        do throws(DatabaseError) {
            try files.check()
            let fresh = try Connection(
                path: files.path, role: .writer, options: options, counter: counter)
            try fresh.quickCheck()
            try fresh.watch(options.watch)
            connection = fresh
            reopenAt = nil
            generation.add(1, ordering: .releasing)
            options.watch?.observer.opened(isNew: false)
            shared.withLock { $0.failure = nil }
        } catch {
            _ = options.watch?.observer.committed([])
            reopenDelay = min(reopenDelay * 2, 10_000_000_000)
            reopenAt = monotonicNanoseconds() + reopenDelay
            shared.withLock { $0.failure = error }
        }
    }
}

private func earliest(_ one: UInt64?, _ other: UInt64?) -> UInt64? {
    guard let one, let other else { return one ?? other }
    return min(one, other)
}
