internal import CSQLite
import Kernel
import Synchronization

/// One SQLite connection with its prepared statements. Used by one thread at a time; whoever holds
/// it (the writer's thread, a reader's lock) sees to that.
final class Connection {
    enum Role {
        case writer
        case reader
        /// Beside the writer of another process: takes locks and reads.
        case copier
        /// Of a file that nobody uses.
        case archive
    }

    let handle: OpaquePointer
    /// Pages in the write-ahead log after the last commit of this connection.
    private(set) var walPages = 0
    /// Commits of this connection that have written something.
    private(set) var walCommits = 0
    /// The last error that says that the file or the disk is at fault, or that SQLite has rolled
    /// back by itself; whoever deals with it sets it back.
    var lastFailure: DatabaseError?
    /// Of rows of watched tables (`TableWatch`) that were changed since they were taken last.
    private var changedKeys: Set<String> = []
    /// How often such a row was changed.
    private(set) var notedChanges = 0
    /// By the address of the SQL.
    private var cache: [UInt: Statement] = [:]
    private let counter: StatementCounter
    private let scanRule: ScanRule?
    /// Once, before the first connection; later SQLite refuses it.
    private static let doesNotCountMemory: Void = { _ = latchkey_count_memory(0) }()

    init(
        path: String, role: Role, options: DatabaseOptions, counter: StatementCounter
    ) throws(DatabaseError) {
        Self.doesNotCountMemory
        var opened: OpaquePointer?
        let access =
            switch role {
            case .writer: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
            case .reader: SQLITE_OPEN_READONLY
            case .copier: SQLITE_OPEN_READWRITE
            case .archive: SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
            }
        // No mutex: a connection is never shared. Extended codes: the error kinds need them.
        let flags = access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        let name = role == .archive ? Self.archiveURI(path) : path
        let code = sqlite3_open_v2(name, &opened, flags, nil)
        guard code == SQLITE_OK, let opened else {
            let message = opened.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
            sqlite3_close_v2(opened)
            throw DatabaseError(code: code, "\(path): \(message)")
        }
        self.handle = opened
        self.counter = counter
        self.scanRule = options.forbidTableScans ? ScanRule(allowed: options.smallTables) : nil
        try configure(role, options)
    }

    deinit {
        counter.value.subtract(cache.count, ordering: .relaxed)
        for statement in cache.values { sqlite3_finalize(statement.handle) }
        sqlite3_close_v2(handle)
    }

    /// Without a log and locks (https://sqlite.org/uri.html#uriimmutable).
    private static func archiveURI(_ path: String) -> String {
        var uri = "file:"
        for byte in path.utf8 {
            uri += (byte < 16 ? "%0" : "%") + String(byte, radix: 16)
        }
        return uri + "?immutable=1"
    }

    var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    /// The cached statement for `sql`, prepared at its first use. If it is being stepped further
    /// up the stack, a temporary one.
    func statement(_ sql: SQL) throws(DatabaseError) -> Statement {
        if let cached = cache[sql.address], !cached.isBusy {
            cached.claim()
            return cached
        }
        guard sql.address != 0 else {
            throw DatabaseError(.misuse, "a single character is no SQL")
        }
        let temporary = cache[sql.address] != nil
        let prepared = try prepare(sql.text)
        let statement = Statement(prepared, self, temporary: temporary)
        if !temporary {
            cache[sql.address] = statement
            counter.value.add(1, ordering: .relaxed)
        }
        return statement
    }

    private func prepare(_ sql: String) throws(DatabaseError) -> OpaquePointer {
        if let scanRule { try scanRule.check(sql, on: self) }
        return try prepareUnchecked(sql)
    }

    func prepareUnchecked(_ sql: String) throws(DatabaseError) -> OpaquePointer {
        var prepared: OpaquePointer?
        let flags = UInt32(SQLITE_PREPARE_PERSISTENT)
        let code = sqlite3_prepare_v3(handle, sql, -1, flags, &prepared, nil)
        guard code == SQLITE_OK, let prepared else {
            throw failure(code == SQLITE_OK ? SQLITE_MISUSE : code, sql)
        }
        return prepared
    }

    /// Runs a cached statement without parameters for its effect.
    func run(_ sql: SQL) throws(DatabaseError) {
        let statement = try statement(sql)
        defer { statement.finish() }
        while try statement.step() {}
    }

    /// Rows changed by the last execution of `statement`; 0 if it is one that can't change any.
    func changes(_ statement: Statement) -> Int {
        sqlite3_stmt_readonly(statement.handle) == 0 ? Int(sqlite3_changes64(handle)) : 0
    }

    /// Rows changed since it was opened, by triggers and cascades too.
    var changedRows: Int { Int(sqlite3_total_changes64(handle)) }

    /// Foreign keys marked DEFERRED that are violated at this moment.
    var hasOpenForeignKeys: Bool {
        var current: Int32 = 0
        var highest: Int32 = 0
        sqlite3_db_status(handle, SQLITE_DBSTATUS_DEFERRED_FKS, &current, &highest, 0)
        return current != 0
    }

    func recordWAL(pages: Int) {
        walPages = pages
        walCommits += 1
    }

    func noteChange(_ key: String) {
        changedKeys.insert(key)
        notedChanges += 1
    }

    func takeChangedKeys() -> Set<String> {
        defer { changedKeys.removeAll() }
        return changedKeys
    }
}

/// How many statements all connections of a database keep.
final class StatementCounter: Sendable {
    let value = Atomic(0)
}

extension Connection {
    /// The error for `code` of `statement`, with SQLite's message; notes failures of the disk.
    func error(_ code: Int32, _ statement: OpaquePointer) -> DatabaseError {
        failure(code, sqlite3_sql(statement).map { String(cString: $0) } ?? "")
    }

    func failure(_ code: Int32, _ context: String) -> DatabaseError {
        let message = String(cString: sqlite3_errmsg(handle))
        let error = DatabaseError(code: code, "\(message) [\(context)]")
        let endsTransaction = [SQLITE_NOMEM, SQLITE_INTERRUPT].contains(code & 0xFF)
        switch error.kind {
        case .ioError, .corrupt, .full, .busy, .readOnly, .cannotOpen: lastFailure = error
        default: if endsTransaction { lastFailure = error }
        }
        return error
    }

    func misuse(_ text: String, _ statement: OpaquePointer) -> DatabaseError {
        let sql = sqlite3_sql(statement).map { String(cString: $0) } ?? ""
        return DatabaseError(.misuse, "\(text) [\(sql)]")
    }
}
