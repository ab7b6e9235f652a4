import Glibc
import Kernel
import Synchronization

/// A SQLite database with one writer and a read-only connection for each event loop.
///
/// Writes are committed in groups: the writer runs all that wait, and those that come meanwhile,
/// each in a savepoint of one transaction. Once none waits, it commits and answers them all; it
/// never waits for more. What was answered is on disk.
public final class Database: Sendable {
    private let files: DatabaseFiles
    private let lock: DatabaseLock
    private let writer: Writer
    /// One per event loop; the last serves every other thread.
    private let readers: [ReaderSlot]
    private let counter = StatementCounter()
    private let thread: WriterThread
    let migrations: [Migration]

    /// The file, for what looks at it from outside, as tests do.
    package var path: String { files.path }

    /// Opens or creates the database at `path`, brings its schema up to date and starts the
    /// writer. `readers` is the number of event loops (`ThreadSlot`).
    public init(
        path: String, migrations: [Migration], readers: Int, clock: any Clock,
        options: DatabaseOptions = .init()
    ) throws(DatabaseError) {
        files = DatabaseFiles(path: path)
        self.migrations = migrations
        try files.check()
        let isNew = try !files.isMarked
        lock = try DatabaseLock(path)
        try files.create()
        let first = try Connection(path: path, role: .writer, options: options, counter: counter)
        try Migrator(migrations: migrations, clock: clock).run(on: first)
        // The marker promises a file that is not empty. Switching to WAL has written and synced its
        // first page, so the log may stay where it is.
        if options.checkpoints == .ours { try first.checkpoint(truncate: true) }
        try files.mark()
        try first.watch(options.watch)
        options.watch?.observer.opened(isNew: isNew)
        let counter = counter
        let open = { @Sendable () throws(DatabaseError) -> Connection in
            try Connection(path: path, role: .reader, options: options, counter: counter)
        }
        var slots: [ReaderSlot] = []
        for _ in 0...max(readers, 0) { slots.append(try ReaderSlot(open: open)) }
        self.readers = slots
        writer = Writer(first, files, clock: clock, options: options, counter: counter)
        thread = try WriterThread(writer)
    }

    deinit { close() }

    /// Runs `body` on the writer's thread and returns once what it wrote is on disk. If it throws,
    /// nothing of it is kept and its error is thrown here. A `DatabaseError` of kind `full`,
    /// `ioError` and so on says the same: nothing was kept. Only `unconfirmed` says that it may
    /// have been.
    ///
    /// If it changed rows of watched tables, it returns when their observer lets it.
    ///
    /// Cancelling the task does not stop a write. A read or write of this database inside `body`
    /// is a mistake: everything goes through its transaction.
    public func write<T: Sendable>(
        _ body: @escaping @Sendable (Transaction) throws -> T
    ) async throws -> T {
        let (value, number): (T, Int?) = try await withCheckedThrowingContinuation { continuation in
            let job = BodyJob(body, continuation)
            do throws(DatabaseError) {
                try writer.queue.add(job)
            } catch {
                job.fail(error)
                job.resume()
            }
        }
        if let number { await writer.options.watch?.observer.settle(number) }
        return value
    }

    /// Returns when everything that reads can have seen so far is confirmed (`CommitGate`), and its
    /// changes of watched tables have settled: for those who are about to tell what they saw to
    /// somebody who takes it for done.
    /// - Throws: `.unconfirmed`: it may yet be lost with this machine.
    public func settle() async throws {
        try await writer.confirmations?.wait()
        await writer.options.watch?.observer.settleAll()
    }

    /// Runs `body` at once, on this thread, over one snapshot of the committed data. Keep it
    /// short: the write-ahead log can't be reused while an old snapshot is read.
    public func read<T>(_ body: (Reader) throws -> T) throws -> T {
        guard !writer.isCurrentThread else {
            throw DatabaseError(.misuse, "read inside write: use the transaction")
        }
        let generation = writer.generation.load(ordering: .acquiring)
        guard let slot = ThreadSlot.current, slot < readers.count - 1 else {
            return try readers[readers.count - 1].read(generation: generation, body)
        }
        let canKeep = !writer.isLogLong.load(ordering: .relaxed)
        return try readers[slot].read(
            generation: generation, keptFor: canKeep ? version : nil, body)
    }

    /// What was read after this had a value is what every read finds, for as long as it has that
    /// value. Nil while a commit is being done, which some reads may see and others not.
    public var version: Int? { writer.version }

    /// As `read`, off the event loop that calls it: for what may take longer than others on that
    /// loop should wait. Such reads take turns.
    public func readAside<T: Sendable>(
        _ body: @escaping @Sendable (Reader) throws -> T
    ) async throws -> T {
        try await withTaskExecutorPreference(globalConcurrentExecutor) { try read(body) }
    }

    /// A read that is done here if it is short, and off the event loop otherwise.
    public func read<T: Sendable>(
        aside isLong: Bool, _ body: @escaping @Sendable (Reader) throws -> T
    ) async throws -> T {
        isLong ? try await readAside(body) : try read(body)
    }

    /// Whether the database can be read and, as far as is known, written: for readiness.
    public func check() throws(DatabaseError) {
        if let failure = writer.failure { throw failure }
        try files.check()
        do {
            _ = try read { try $0.row("PRAGMA schema_version") { $0.int(0) } }
        } catch let error as DatabaseError {
            throw error
        } catch {
            throw DatabaseError(.other, "\(error)")
        }
    }

    /// Finishes the queued writes, empties the write-ahead log into the database (unless Litestream
    /// checkpoints), and closes.
    /// Waits for reads that run. Calling it again does nothing.
    public func close() {
        thread.stop {
            for reader in readers { reader.close() }
        }
        lock.release()
    }

    /// For the metrics.
    public var statistics: DatabaseStatistics {
        var statistics = writer.statistics
        statistics.queuedWrites = writer.queue.count
        statistics.cachedStatements = counter.value.load(ordering: .relaxed)
        statistics.isConfirmed = writer.confirmations.map { !$0.isHeldUp }
        return statistics
    }
}
