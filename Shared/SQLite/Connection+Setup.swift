internal import CSQLite
import Kernel

extension Connection {
    /// Every PRAGMA and setting of every connection stands here.
    func configure(_ role: Role, _ options: DatabaseOptions) throws(DatabaseError) {
        sqlite3_busy_timeout(handle, Int32(clamping: options.busyTimeout))
        // The schema can't be edited and corrupted through SQL
        // (https://sqlite.org/c3ref/c_dbconfig_defensive.html).
        latchkey_db_config_bool(handle, SQLITE_DBCONFIG_DEFENSIVE, 1)
        try script("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;")
        // What a query sorts must not depend on a second folder that may be full.
        try script("PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = ON;")
        switch role {
        case .writer: try configureWriter(options)
        case .reader: try configureReader()
        case .copier: try neverCheckpoint()
        case .archive: break
        }
    }

    private func configureWriter(_ options: DatabaseOptions) throws(DatabaseError) {
        try addFolding()
        guard sqlite3_db_readonly(handle, "main") == 0 else {
            throw DatabaseError(.readOnly, "the database file can't be written")
        }
        guard try text("PRAGMA journal_mode = WAL") == "wal" else {
            throw DatabaseError(.cannotOpen, "this file system does not support SQLite's WAL")
        }
        try script("PRAGMA synchronous = \(options.synchronousFull ? "FULL" : "NORMAL")")
        // Otherwise SQLite checkpoints when the last connection is closed.
        if options.checkpoints == .litestream {
            latchkey_db_config_bool(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        }
        // After a burst the log shrinks to this again.
        try script("PRAGMA journal_size_limit = 67108864")
        if let pages = options.maximumPages { try script("PRAGMA max_page_count = \(pages)") }
        watchWAL()
    }

    /// `folded(text)` is `Text.folded`, for migrations of columns that hold it.
    private func addFolding() throws(DatabaseError) {
        let code = sqlite3_create_function_v2(
            handle, "folded", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY, nil,
            { context, _, values in
                guard let value = values?[0], let text = sqlite3_value_text(value) else {
                    return sqlite3_result_null(context)
                }
                let count = Int(sqlite3_value_bytes(value))
                let bytes = UnsafeBufferPointer(start: text, count: count)
                var folded = Text.folded(String(decoding: bytes, as: UTF8.self))
                folded.withUTF8 { utf8 in
                    utf8.withMemoryRebound(to: CChar.self) {
                        latchkey_result_text(context, $0.baseAddress, Int32(clamping: $0.count))
                    }
                }
            }, nil, nil, nil)
        guard code == SQLITE_OK else { throw failure(code, "folded") }
    }

    /// Notices changes of the tables from now on, once they exist.
    func watch(_ watch: TableWatch?) throws(DatabaseError) {
        guard let watch else { return }
        let code = sqlite3_create_function_v2(
            handle, "note_change", 1, SQLITE_UTF8, Unmanaged.passUnretained(self).toOpaque(),
            { context, _, values in
                guard let value = values?[0], let text = sqlite3_value_text(value),
                    let connection = sqlite3_user_data(context)
                else { return }
                Unmanaged<Connection>.fromOpaque(connection).takeUnretainedValue()
                    .noteChange(String(cString: text))
            }, nil, nil, nil)
        guard code == SQLITE_OK else { throw failure(code, "note_change") }
        try script(watch.triggers)
    }

    /// Only the writer checkpoints, if at all: with 3.7.0–3.51.2 a checkpoint beside a commit of
    /// another connection can corrupt the file (https://www.sqlite.org/wal.html#walresetbug).
    private func configureReader() throws(DatabaseError) {
        try neverCheckpoint()
        try script("PRAGMA query_only = ON;")
    }

    private func neverCheckpoint() throws(DatabaseError) {
        latchkey_db_config_bool(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        try script("PRAGMA wal_autocheckpoint = 0;")
    }

    /// Takes the place of SQLite's automatic checkpoint, which would run inside COMMIT, while the
    /// batch waits for its answers.
    private func watchWAL() {
        let context = Unmanaged.passUnretained(self).toOpaque()
        sqlite3_wal_hook(
            handle,
            { context, _, _, pages in
                guard let context else { return SQLITE_OK }
                Unmanaged<Connection>.fromOpaque(context).takeUnretainedValue()
                    .recordWAL(pages: Int(pages))
                return SQLITE_OK
            }, context)
    }

    /// Runs statements that are not worth keeping: settings and migrations.
    func script(_ sql: String) throws(DatabaseError) {
        let code = sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw failure(code, sql) }
    }

    /// The first column of the first row, "" if there is none.
    func text(_ sql: String) throws(DatabaseError) -> String {
        let statement = Statement(try prepareUnchecked(sql), self, temporary: true)
        defer { statement.finish() }
        return try statement.step() ? statement.row.text(0) : ""
    }

    /// Copies the log into the database as far as no reader needs it (`PASSIVE`), or entirely,
    /// emptying the log (`TRUNCATE`).
    func checkpoint(truncate: Bool) throws(DatabaseError) {
        let mode = truncate ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE
        let code = sqlite3_wal_checkpoint_v2(handle, "main", mode, nil, nil)
        // Busy only says that a reader still needs part of it: the next one gets further.
        guard code == SQLITE_OK || code & 0xFF == SQLITE_BUSY else {
            throw failure(code, "checkpoint")
        }
    }

    /// The file at the path is no longer the open one: writes would be lost.
    var hasMoved: Bool {
        var moved: Int32 = 0
        sqlite3_file_control(handle, "main", SQLITE_FCNTL_HAS_MOVED, &moved)
        return moved != 0
    }

    func quickCheck() throws(DatabaseError) {
        let answer = try text("PRAGMA quick_check(1)")
        guard answer == "ok" else { throw DatabaseError(.corrupt, "quick_check: \(answer)") }
    }
}
