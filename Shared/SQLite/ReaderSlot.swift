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
    private var isClosed = false
    private let open: @Sendable () throws(DatabaseError) -> Connection

    init(
        open: @escaping @Sendable () throws(DatabaseError) -> Connection
    ) throws(DatabaseError) {
        self.open = open
        self.reader = Reader(try open())
    }

    /// Runs `body` in one read transaction. A read within it sees the same snapshot.
    func read<T>(generation: Int, _ body: (Reader) throws -> T) throws -> T {
        let thread = UInt(pthread_self())
        if owner.load(ordering: .relaxed) == thread, let reader { return try body(reader) }
        lock.lock()
        owner.store(thread, ordering: .relaxed)
        defer {
            owner.store(0, ordering: .relaxed)
            lock.unlock()
        }
        let reader = try current(generation)
        defer { end(reader) }
        try reader.connection.run("BEGIN")
        reader.isActive = true
        return try body(reader)
    }

    func close() {
        lock.locked {
            isClosed = true
            reader = nil
        }
    }

    private func current(_ generation: Int) throws(DatabaseError) -> Reader {
        if isClosed { throw DatabaseError(.closed, "the database is closed") }
        if let reader, self.generation == generation { return reader }
        // The old connection goes first, so that nothing keeps a file that was moved away.
        reader = nil
        let fresh = Reader(try open())
        reader = fresh
        self.generation = generation
        return fresh
    }

    private func end(_ reader: Reader) {
        reader.isActive = false
        let connection = reader.connection
        if connection.isInTransaction { try? connection.run("COMMIT") }
        if connection.isInTransaction { try? connection.run("ROLLBACK") }
        // What SQLite keeps in memory may be as wrong as what it read: start anew.
        if connection.lastFailure?.isSerious == true { self.reader = nil }
        connection.lastFailure = nil
    }
}
