import Glibc
import Kernel
import Synchronization

/// A read-only connection: one belongs to each event loop, one serves all other threads. The lock
/// is free when a loop takes it, except while the database closes.
final class ReaderSlot: @unchecked Sendable {
    private let lock = Lock()
    /// The thread that reads now, so that a read within a read does not wait for itself.
    private let owner = Atomic<UInt>(0)
    private var reader: Reader?
    private var generation = 0
    /// The version of the database that the open read transaction shows; nil if none is open.
    private var kept: Int?
    private var releaseIsDue = false
    private var isClosed = false
    private let open: @Sendable () throws(DatabaseError) -> Connection

    init(
        open: @escaping @Sendable () throws(DatabaseError) -> Connection
    ) throws(DatabaseError) {
        self.open = open
        self.reader = Reader(try open())
    }

    /// Runs `body` in one read transaction. A read within it sees the same snapshot.
    ///
    /// The transaction is kept for the reads that follow in the same round of events, as beginning
    /// and ending one takes file locks: two system calls, which cost as much as a short query.
    /// - Parameter version: of the database, from before this; nil not to keep the transaction.
    func read<T>(
        generation: Int, keptFor version: Int? = nil, _ body: (Reader) throws -> T
    ) throws -> T {
        let thread = UInt(pthread_self())
        if owner.load(ordering: .relaxed) == thread, let reader { return try body(reader) }
        lock.lock()
        owner.store(thread, ordering: .relaxed)
        defer {
            owner.store(0, ordering: .relaxed)
            lock.unlock()
        }
        let reader = try current(generation)
        if version == nil || version != kept { try begin(reader) }
        reader.isActive = true
        defer {
            reader.isActive = false
            keep(reader, for: version)
        }
        return try body(reader)
    }

    private func begin(_ reader: Reader) throws(DatabaseError) {
        end(reader)
        do throws(DatabaseError) {
            try reader.connection.run("BEGIN")
        } catch {
            end(reader)
            throw error
        }
    }

    /// Leaves the transaction open until the round ends, if it can be.
    private func keep(_ reader: Reader, for version: Int?) {
        guard let version, reader.connection.isInTransaction,
            reader.connection.lastFailure == nil, releaseAtRoundEnd()
        else { return end(reader) }
        kept = version
    }

    private func releaseAtRoundEnd() -> Bool {
        guard !releaseIsDue else { return true }
        guard let roundEnd = RoundEnd.current else { return false }
        releaseIsDue = true
        roundEnd.addLast(release)
        return true
    }

    private func release() {
        lock.locked {
            releaseIsDue = false
            if let reader { end(reader) }
        }
    }

    func close() {
        lock.locked {
            isClosed = true
            drop()
        }
    }

    private func current(_ generation: Int) throws(DatabaseError) -> Reader {
        if isClosed { throw DatabaseError(.closed, "the database is closed") }
        if let reader, self.generation == generation { return reader }
        // The old connection goes first, so that nothing keeps a file that was moved away.
        drop()
        let fresh = Reader(try open())
        reader = fresh
        self.generation = generation
        return fresh
    }

    private func drop() {
        reader = nil
        kept = nil
    }

    private func end(_ reader: Reader) {
        kept = nil
        let connection = reader.connection
        if connection.isInTransaction { try? connection.run("COMMIT") }
        if connection.isInTransaction { try? connection.run("ROLLBACK") }
        // What SQLite keeps in memory may be as wrong as what it read: start anew.
        if connection.lastFailure?.isSerious == true { drop() }
        connection.lastFailure = nil
    }
}
