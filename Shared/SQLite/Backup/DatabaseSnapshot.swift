internal import CSQLite
import Glibc
import Kernel

/// One moment of a database that another process writes, and a copy of it as a file.
///
/// The snapshot is a read transaction (WAL): writers go on, and the copy shows nothing of what they
/// do. So it ends however much is written, unlike a backup without a transaction, which SQLite
/// begins anew after each commit (https://sqlite.org/backup.html). Meanwhile the write-ahead log
/// grows, as with any long read. Nothing here checkpoints (the WAL-reset bug).
public final class DatabaseSnapshot {
    /// Pages of one step: 4 MiB.
    private static let pagesOfStep: Int32 = 1024
    /// Microseconds between two tries to take the writer's place.
    private static let retry: UInt32 = 100

    private let path: String
    private let lock: Connection
    private let reader: Connection

    /// Opens the database; what the snapshot shows is decided by `hold` or `pin`.
    public init(of path: String) throws(DatabaseError) {
        self.path = path
        guard access(path, F_OK) == 0 else {
            throw DatabaseError(.cannotOpen, "\(path): \(String(cString: strerror(errno)))")
        }
        var options = DatabaseOptions()
        options.busyTimeout = 0
        let counter = StatementCounter()
        lock = try Connection(path: path, role: .copier, options: options, counter: counter)
        options.busyTimeout = 10_000
        reader = try Connection(path: path, role: .copier, options: options, counter: counter)
    }

    /// Keeps writers out and decides the snapshot. Writers wait until `release`, for at most their
    /// busy timeout (2 s) before they fail.
    /// - Parameter milliseconds: how long to try.
    /// - Returns: false if writers left no gap.
    public func hold(within milliseconds: Int) throws(DatabaseError) -> Bool {
        let end = monotonicNanoseconds() + UInt64(milliseconds) * 1_000_000
        while true {
            do throws(DatabaseError) {
                try lock.script("BEGIN IMMEDIATE")
                break
            } catch {
                guard error.kind == .busy else { throw error }
                guard monotonicNanoseconds() < end else { return false }
                usleep(Self.retry)
            }
        }
        try pin()
        return true
    }

    /// Lets writers go on after `hold`.
    public func release() throws(DatabaseError) {
        if lock.isInTransaction { try lock.script("ROLLBACK") }
    }

    /// Decides the snapshot without keeping anybody out.
    public func pin() throws(DatabaseError) {
        guard !reader.isInTransaction else { return }
        try reader.script("BEGIN")
        _ = try reader.text("PRAGMA user_version")
    }

    /// Writes the snapshot to a new file; returns when it is on disk.
    public func copy(to target: String) throws(DatabaseError) {
        let descriptor = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw DatabaseError(.cannotOpen, "\(target): \(String(cString: strerror(errno)))")
        }
        close(descriptor)
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        let code = sqlite3_open_v2(target, &opened, flags, nil)
        defer { sqlite3_close_v2(opened) }
        guard code == SQLITE_OK, let opened else {
            throw DatabaseError(code: code, "\(target): can't be opened")
        }
        // An incomplete copy is of no use, so nothing has to undo it; it is flushed below.
        sqlite3_exec(opened, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF", nil, nil, nil)
        guard let backup = sqlite3_backup_init(opened, "main", reader.handle, "main") else {
            throw failure(sqlite3_errcode(opened), of: target, opened)
        }
        var result: Int32
        repeat { result = sqlite3_backup_step(backup, Self.pagesOfStep) } while result == SQLITE_OK
        let finished = sqlite3_backup_finish(backup)
        guard result == SQLITE_DONE, finished == SQLITE_OK else {
            throw failure(result == SQLITE_DONE ? finished : result, of: target, opened)
        }
        try DatabaseFiles(path: target).sync()
    }

    private func failure(
        _ code: Int32, of target: String, _ opened: OpaquePointer
    ) -> DatabaseError {
        DatabaseError(code: code, "\(target): \(String(cString: sqlite3_errstr(code)))")
    }
}
