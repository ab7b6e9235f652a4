import CSQLite
import Glibc
import Kernel
import SQLite
import Synchronization
import TestSupport
import Testing

/// A folder that vanishes with its owner.
final class TemporaryFolder: Sendable {
    let path: String
    var database: String { path + "/test.db" }

    init() throws {
        var template = Array("/tmp/latchkey-sqlite-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw POSIXFailure(code: errno) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        _ = chmod(path, 0o700)
        for name in ["", "-wal", "-shm", ".created", ".away", "-wal.away", "-shm.away"] {
            unlink(database + name)
        }
        rmdir(path)
    }

    struct POSIXFailure: Error { let code: Int32 }

    func size(_ suffix: String = "") -> Int? {
        var info = stat()
        return stat(database + suffix, &info) == 0 ? Int(info.st_size) : nil
    }

    /// Writes over the beginning of the database file.
    func overwrite(_ bytes: [UInt8], at offset: Int = 0) throws {
        let fd = open(database, O_WRONLY)
        guard fd >= 0 else { throw POSIXFailure(code: errno) }
        defer { close(fd) }
        guard pwrite(fd, bytes, bytes.count, offset) == bytes.count else {
            throw POSIXFailure(code: errno)
        }
    }
}

let items = Migration(
    "items",
    """
    CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT UNIQUE, data BLOB) STRICT;
    CREATE TABLE parts (
        id INTEGER PRIMARY KEY,
        item INTEGER NOT NULL REFERENCES items (id) DEFERRABLE INITIALLY DEFERRED
    ) STRICT;
    """)

func openDatabase(
    _ folder: TemporaryFolder, _ migrations: [Migration] = [items], readers: Int = 2,
    clock: any Clock = SystemClock(), options change: (inout DatabaseOptions) -> Void = { _ in }
) throws -> Database {
    var options = DatabaseOptions()
    change(&options)
    return try Database(
        path: folder.database, migrations: migrations, readers: readers, clock: clock,
        options: options)
}

extension Database {
    func add(_ id: Int, name: String? = nil) async throws {
        _ = try await write {
            try $0.execute("INSERT INTO items (id, name) VALUES (?, ?)", .int(id), .text(name))
        }
    }

    func count() throws -> Int64 {
        try read { try $0.row("SELECT count(*) FROM items") { $0.int(0) } } ?? -1
    }
}

/// The kind of the error that `body` throws, nil if none. One that is no `DatabaseError` fails the
/// test.
func kind<T>(_ body: () async throws -> T) async -> DatabaseError.Kind? {
    await caught(DatabaseError.self, body)?.kind
}

/// A connection of somebody else, by the C interface.
final class ForeignConnection {
    private var handle: OpaquePointer?

    init(_ path: String) { sqlite3_open(path, &handle) }

    deinit { sqlite3_close_v2(handle) }

    @discardableResult
    func run(_ sql: String) -> Int32 { sqlite3_exec(handle, sql, nil, nil, nil) }

    func int(_ sql: String) -> Int64? {
        var statement: OpaquePointer?
        sqlite3_prepare_v2(handle, sql, -1, &statement, nil)
        defer { sqlite3_finalize(statement) }
        return sqlite3_step(statement) == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : nil
    }
}

/// Holds the writer's thread inside a write until it is opened.
final class Gate: Sendable {
    private let isOpen = Atomic(false)
    private let isReached = Atomic(false)

    func open() { isOpen.store(true, ordering: .releasing) }

    /// Blocks the calling thread.
    func pass() {
        isReached.store(true, ordering: .releasing)
        blockUntil { isOpen.load(ordering: .acquiring) }
    }

    /// Until somebody stands before it.
    func reached() async -> Bool {
        await eventually { self.isReached.load(ordering: .acquiring) }
    }
}
