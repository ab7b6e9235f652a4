import CSQLite
import Glibc
import Kernel
import SQLite
import TestSupport
import Testing

struct FileTests {
    private let more = Migration("more", "CREATE TABLE more (id INTEGER PRIMARY KEY) STRICT")

    private func version(_ folder: TemporaryFolder) -> Int64? {
        ForeignConnection(folder.database).int("PRAGMA user_version")
    }

    @Test func `migrations run once each, forward`() async throws {
        let folder = try TemporaryFolder()
        try openDatabase(folder).close()
        #expect(version(folder) == 1)
        let database = try openDatabase(folder, [items, more])
        try await database.add(1)
        database.close()
        #expect(version(folder) == 2)
        let again = try openDatabase(folder, [items, more])
        #expect(try again.count() == 1)
    }

    @Test func `a migration that fails leaves the schema before it`() async throws {
        let folder = try TemporaryFolder()
        let broken = Migration(
            "broken", "CREATE TABLE half (id INTEGER PRIMARY KEY) STRICT; INSERT INTO nowhere;")
        #expect(await kind { try openDatabase(folder, [items, broken]) } == .other)
        #expect(version(folder) == 1)
        let half = "SELECT count(*) FROM sqlite_schema WHERE name = 'half'"
        #expect(ForeignConnection(folder.database).int(half) == 0)
        #expect(try openDatabase(folder, [items, more]).count() == 0)
    }

    @Test func `a migration must not leave dangling foreign keys`() async throws {
        let folder = try TemporaryFolder()
        let orphan = Migration("orphan", "INSERT INTO parts (id, item) VALUES (1, 99)")
        #expect(await kind { try openDatabase(folder, [items, orphan]) } == .foreignKeyViolation)
        #expect(version(folder) == 1)
    }

    @Test func `a database newer than the program is refused unchanged`() async throws {
        let folder = try TemporaryFolder()
        try openDatabase(folder, [items, more]).close()
        #expect(await kind { try openDatabase(folder) } == .newerSchema)
        #expect(version(folder) == 2)
    }

    @Test func `an emptied file is refused, not replaced`() async throws {
        let folder = try TemporaryFolder()
        try openDatabase(folder).close()
        #expect(truncate(folder.database, 0) == 0)
        #expect(await kind { try openDatabase(folder) } == .corrupt)
        #expect(folder.size() == 0)
    }

    @Test func `a vanished file is refused, not replaced`() async throws {
        let folder = try TemporaryFolder()
        try openDatabase(folder).close()
        #expect(unlink(folder.database) == 0)
        #expect(await kind { try openDatabase(folder) } == .corrupt)
        #expect(folder.size() == nil)
        // To begin with no data is a decision of the operator.
        #expect(unlink(folder.database + ".created") == 0)
        #expect(try openDatabase(folder).count() == 0)
    }

    @Test func `a corrupt first page is refused unchanged`() async throws {
        let folder = try TemporaryFolder()
        let database = try openDatabase(folder)
        try await database.add(1)
        database.close()
        let size = folder.size()
        try folder.overwrite(SeededRandom(seed: 3).bytes(4096))
        #expect(await kind { try openDatabase(folder) } == .corrupt)
        #expect(folder.size() == size)
    }

    @Test func `a corrupt page is reported on read, and a restored file works`()
        async throws
    {
        let folder = try TemporaryFolder()
        let database = try openDatabase(folder) { $0.reopenDelay = 20 }
        for id in 1...200 {
            _ = try await database.write {
                try $0.execute(
                    "INSERT INTO items (id, data) VALUES (?, ?)", .int(id),
                    .blob([UInt8](repeating: 7, count: 500)))
            }
        }
        database.close()
        let page = try #require(folder.size()) / 2 / 4096 * 4096
        let good = try bytes(folder, at: page)
        try folder.overwrite([UInt8](repeating: 0xFF, count: 4096), at: page)
        let damaged = try openDatabase(folder) { $0.reopenDelay = 20 }
        let sum: SQL = "SELECT sum(length(data)) FROM items"
        #expect(await kind { try damaged.read { try $0.row(sum) { $0.int(0) } } } == .corrupt)
        #expect(
            await kind {
                try await damaged.write { try $0.execute("UPDATE items SET data = NULL") }
            } == .corrupt)
        #expect(await eventually { await kind { try damaged.check() } == .corrupt })
        try folder.overwrite(good, at: page)
        #expect(await eventually { await kind { try damaged.check() } == nil })
        try await damaged.add(1_000)
        #expect(try damaged.read { try $0.row(sum) { $0.int(0) } } == 100_000)
    }

    private func bytes(_ folder: TemporaryFolder, at offset: Int) throws -> [UInt8] {
        let fd = open(folder.database, O_RDONLY)
        defer { close(fd) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        guard pread(fd, &bytes, 4096, offset) == 4096 else {
            throw TemporaryFolder.POSIXFailure(code: errno)
        }
        return bytes
    }

    @Test func `a moved file is noticed, and used again when it is back`() async throws {
        let folder = try TemporaryFolder()
        let database = try openDatabase(folder) { $0.reopenDelay = 20 }
        try await database.add(1)
        for suffix in ["", "-wal", "-shm"] {
            rename(folder.database + suffix, folder.database + suffix + ".away")
        }
        #expect(await kind { try await database.add(2) } == .ioError)
        #expect(await kind { try database.check() } != nil)
        #expect(folder.size() == nil, "no new file takes its place")
        for suffix in ["", "-wal", "-shm"] {
            rename(folder.database + suffix + ".away", folder.database + suffix)
        }
        #expect(await eventually { await kind { try await database.add(3) } == nil })
        #expect(try database.check() == ())
        #expect(try database.count() == 2)
    }

    @Test func `a full file refuses writes, still reads, and recovers`() async throws {
        let folder = try TemporaryFolder()
        let database = try openDatabase(folder) { $0.maximumPages = 64 }
        let insert: SQL = "INSERT INTO items (id, data) VALUES (?, ?)"
        let data = [UInt8](repeating: 1, count: 10_000)
        var stored = 0
        var failed: DatabaseError.Kind?
        while failed == nil, stored < 100 {
            let id = stored
            failed = await kind {
                try await database.write { try $0.execute(insert, .int(id), .blob(data)) }
            }
            if failed == nil { stored += 1 }
        }
        #expect(failed == .full)
        #expect(stored > 5)
        #expect(try database.count() == Int64(stored), "what was acknowledged is there")
        #expect(try database.check() == ())
        _ = try await database.write { try $0.execute("DELETE FROM items WHERE id < 5") }
        _ = try await database.write { try $0.execute(insert, .int(1_000), .blob(data)) }
        #expect(try database.count() == Int64(stored) - 4)
        #expect(DatabaseError(.full, "").fault.code == "storage_full")
    }

    @Test func `a lock held by another process is reported as busy`() async throws {
        let folder = try TemporaryFolder()
        let database = try openDatabase(folder) { $0.busyTimeout = 50 }
        let other = ForeignConnection(folder.database)
        #expect(other.run("BEGIN IMMEDIATE; INSERT INTO items (id) VALUES (7)") == SQLITE_OK)
        #expect(await kind { try await database.add(1) } == .busy)
        #expect(try database.count() == 0)
        #expect(other.run("COMMIT") == SQLITE_OK)
        try await database.add(1)
        #expect(try database.count() == 2)
    }

    @Test func `a file without write permission is reported as read-only`() async throws {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            try openDatabase(folder).close()
            chmod(folder.database, 0o444)
            chmod(folder.path, 0o555)
            // Permissions don't bind root; the process gives that up and is gone afterwards.
            let user = geteuid()
            if user == 0 { #expect(seteuid(65_534) == 0) }
            let found = await kind { try openDatabase(folder) }
            if user == 0 { seteuid(0) }
            #expect(found == .readOnly)
        }
    }

    @Test func `a missing folder can't be opened`() async throws {
        let found = await kind {
            try Database(
                path: "/nonexistent/latchkey/test.db", migrations: [items], readers: 0,
                clock: SystemClock())
        }
        #expect(found == .cannotOpen)
    }

    @Test func `files are readable by this user alone`() async throws {
        let folder = try TemporaryFolder()
        let database = try openDatabase(folder)
        try await database.add(1)
        for suffix in ["", "-wal", "-shm", ".created"] {
            var info = stat()
            #expect(stat(folder.database + suffix, &info) == 0)
            #expect(info.st_mode & 0o077 == 0, "\(suffix)")
        }
    }
}
