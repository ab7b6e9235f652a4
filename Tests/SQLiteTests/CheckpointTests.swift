import SQLite
import TestSupport
import Testing

/// Beside Litestream, no checkpoint is ours: only it has a SQLite without the WAL-reset bug
/// (https://www.sqlite.org/wal.html#walresetbug).
struct CheckpointTests {
    private static let page = 4_096

    private func open(_ folder: TemporaryFolder) throws -> Database {
        try openDatabase(folder) {
            $0.checkpoints = .litestream
            $0.checkpointPages = 10
        }
    }

    private func fill(_ database: Database, from first: Int) async throws {
        for id in first..<(first + 100) {
            _ = try await database.write {
                try $0.execute(
                    "INSERT INTO items (id, data) VALUES (?, ?)", .int(id),
                    .blob([UInt8](repeating: 1, count: 4_000)))
            }
        }
    }

    @Test func `neither opening, committing nor closing copies the log into the database`()
        async throws
    {
        let folder = try TemporaryFolder()
        // Its first page is written when it becomes a WAL database, so the marker's promise holds.
        var database = try open(folder)
        #expect(folder.size() == Self.page)
        #expect(folder.size(".created") != nil)
        try await fill(database, from: 0)
        let log = try #require(folder.size("-wal"))
        #expect(log > 100 * Self.page)
        database.close()
        #expect(folder.size() == Self.page)
        #expect(folder.size("-wal") == log)
        database = try open(folder)
        #expect(try database.count() == 100)
        try await fill(database, from: 100)
        #expect(try #require(folder.size("-wal")) > 200 * Self.page)
        database.close()
        #expect(folder.size() == Self.page)
        #expect(ForeignConnection(folder.database).int("SELECT count(*) FROM items") == 200)
    }

    @Test func `a reader that closes last leaves the log as it is`() async throws {
        let folder = try TemporaryFolder()
        do {
            let database = try open(folder)
            try await fill(database, from: 0)
            #expect(try database.count() == 100)
        }
        #expect(await eventually { (try? open(folder)) != nil })
        #expect(folder.size() == Self.page)
        #expect(try #require(folder.size("-wal")) > 100 * Self.page)
    }

    @Test func `tables of Litestream in the database are no concern of ours`() async throws {
        let folder = try TemporaryFolder()
        try open(folder).close()
        let litestream = ForeignConnection(folder.database)
        litestream.run("PRAGMA wal_autocheckpoint = 0")
        litestream.run("CREATE TABLE _litestream_seq (id INTEGER PRIMARY KEY, seq INTEGER)")
        litestream.run("CREATE TABLE _litestream_lock (id INTEGER)")
        let database = try openDatabase(folder) {
            $0.checkpoints = .litestream
            $0.forbidTableScans = true
            $0.smallTables = ["parts"]
        }
        // It writes now and then, between our writes.
        try await database.add(1)
        #expect(litestream.run("INSERT INTO _litestream_seq VALUES (1, 1)") == 0)
        try await database.add(2)
        let count: Int64? = try database.read {
            try $0.row("SELECT count(*) FROM items WHERE id BETWEEN 1 AND 2") { $0.int(0) }
        }
        #expect(count == 2)
    }
}
