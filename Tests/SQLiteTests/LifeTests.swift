import Kernel
import SQLite
import TestSupport
import Testing

struct LifeTests {
    @Test func `closing completes waiting writes, empties the WAL and refuses new ones`()
        async throws
    {
        let folder = try TemporaryFolder()
        let database = try openDatabase(folder)
        let gate = Gate()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await database.write { _ in gate.pass() } }
            #expect(await gate.reached())
            for id in 1...20 { group.addTask { try await database.add(id) } }
            _ = await eventually { database.statistics.queuedWrites == 20 }
            group.addTask { try await blocking { database.close() } }
            // It has begun when it refuses a write; those before wait as well.
            let (isClosing, count) = (Flag(), Log(100))
            let hasBegun = await eventually {
                count.change { $0 += 1 }
                group.addTask { [id = count.value] in
                    if await kind({ try await database.add(id) }) == .closed { isClosing.set() }
                }
                return isClosing.isSet
            }
            #expect(hasBegun)
            gate.open()
            try await group.waitForAll()
        }
        #expect(await kind { try await database.add(99) } == .closed)
        #expect(await kind { try database.count() } == .closed)
        #expect(await kind { try database.check() } == .closed)
        database.close()
        #expect(folder.size("-wal") ?? 0 == 0)
        #expect(
            ForeignConnection(folder.database).int("SELECT count(*) FROM items WHERE id <= 20")
                == 20)
    }

    @Test func `a write that closes the database still completes`() async throws {
        let folder = try TemporaryFolder()
        let database = try openDatabase(folder)
        try await database.write {
            try $0.execute("INSERT INTO items (id) VALUES (1)")
            database.close()
        }
        #expect(await kind { try await database.add(2) } == .closed)
        #expect(try openDatabase(folder).count() == 1)
    }

    @Test func `an unreferenced database closes itself`() async throws {
        let folder = try TemporaryFolder()
        do { try await openDatabase(folder).add(1) }
        #expect(await eventually { folder.size("-wal") == nil })
        #expect(try openDatabase(folder).count() == 1)
    }

    @Test func `a database that is opened again checks its foreign keys`() async throws {
        let folder = try TemporaryFolder()
        try openDatabase(folder).close()
        let database = try openDatabase(folder)
        let found = await kind {
            try await database.write {
                try $0.execute("INSERT INTO parts (id, item) VALUES (1, 2)")
            }
        }
        #expect(found == .foreignKeyViolation)
    }

    @Test func `the WAL is checkpointed and does not grow forever`() async throws {
        let folder = try TemporaryFolder()
        let database = try openDatabase(folder) { $0.checkpointPages = 50 }
        let data = [UInt8](repeating: 1, count: 4_000)
        for id in 0..<400 {
            _ = try await database.write {
                try $0.execute(
                    "INSERT INTO items (id, data) VALUES (?, ?)", .int(id), .blob(data))
            }
        }
        let size = try #require(folder.size("-wal"))
        #expect(size < 100 * 4_200, "\(size) bytes")
        #expect(database.statistics.walBytes > 0)
    }

    @Test func `statements are prepared once for each connection`() async throws {
        let folder = try TemporaryFolder()
        let database = try openDatabase(folder)
        for id in 1...20 { try await database.add(id) }
        _ = try database.count()
        let before = database.statistics.cachedStatements
        for id in 21...40 { try await database.add(id) }
        for _ in 0..<20 { _ = try database.count() }
        #expect(database.statistics.cachedStatements == before)
    }

    @Test func `faults reveal no internals to clients`() {
        for kind in DatabaseError.Kind.allCases {
            let fault = DatabaseError(kind, "/secret/path SELECT").fault
            #expect(!fault.detail.contains("secret"))
            #expect(fault.kind == .unavailable || fault.kind == .internalError)
            #expect((fault.retryAfter != nil) == (fault.kind == .unavailable))
        }
    }
}

struct ScanRuleTests {
    private func scan(
        _ small: Set<String> = [], _ body: @escaping (Reader) throws -> Void
    ) async throws -> DatabaseError.Kind? {
        let folder = try TemporaryFolder()
        let database = try openDatabase(folder) {
            $0.forbidTableScans = true
            $0.smallTables = small
        }
        return await kind { try database.read { try body($0) } }
    }

    @Test func `a query that reads a whole table is refused`() async throws {
        #expect(try await scan { _ = try $0.rows("SELECT * FROM items") { _ in } } == .tableScan)
        #expect(
            try await scan { _ = try $0.rows("SELECT id FROM items WHERE data = x'00'") { _ in } }
                == .tableScan)
        #expect(
            try await scan {
                _ = try $0.rows("SELECT id FROM items AS a WHERE data IS NULL") { _ in }
            }
                == .tableScan, "an alias")
        #expect(
            try await scan {
                _ = try $0.rows(
                    "SELECT i.id FROM items i JOIN parts p ON p.item = i.id WHERE i.id = 1"
                ) { _ in }
            } == .tableScan, "a join without an index")
        #expect(
            try await scan {
                _ = try $0.rows("WITH c AS (SELECT id FROM parts) SELECT id FROM c") { _ in }
            } == .tableScan, "a common table expression")
    }

    @Test func `a query by an index or a key is allowed`() async throws {
        #expect(
            try await scan {
                _ = try $0.rows("SELECT data FROM items WHERE id = 1") { _ in }
                _ = try $0.rows("SELECT data FROM items WHERE name = 'a'") { _ in }
                _ = try $0.rows("SELECT id FROM items WHERE id > 5 ORDER BY id LIMIT 3") { _ in }
                _ = try $0.rows("SELECT value FROM json_each('[1]')") { _ in }
                _ = try $0.rows("SELECT 1") { _ in }
            } == nil)
    }

    @Test func `a table declared small can be scanned`() async throws {
        #expect(
            try await scan(["items"]) { _ = try $0.rows("SELECT * FROM items") { _ in } } == nil)
        #expect(
            try await scan(["items"]) { _ = try $0.rows("SELECT * FROM parts") { _ in } }
                == .tableScan)
    }
}
