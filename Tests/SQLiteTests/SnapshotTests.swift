import Glibc
import SQLite
import Synchronization
import TestSupport
import Testing

@Suite struct SnapshotTests {
    /// Adds a pair of items with each write, until it is stopped.
    private final class PairWriter: Sendable {
        private let written = Atomic(0)
        private let isStopped = Atomic(false)

        var count: Int { written.load(ordering: .acquiring) }
        func stop() { isStopped.store(true, ordering: .releasing) }

        func run(on database: Database) async throws {
            while !isStopped.load(ordering: .acquiring) {
                let first = 2 * count + 1
                try await database.write { tx in
                    for id in [first, first + 1] {
                        try tx.execute(
                            "INSERT INTO items (id, data) VALUES (?1, ?2)", .int(id),
                            .blob([UInt8](repeating: 7, count: 2_000)))
                    }
                }
                written.add(1, ordering: .releasing)
            }
        }
    }

    private func copy(_ folder: TemporaryFolder) -> String { folder.database + ".away" }

    @Test func `a copy ends while writes go on, and shows one moment`() async throws {
        let folder = try TemporaryFolder()
        let database = try openDatabase(folder)
        let writer = PairWriter()
        async let writing: Void = writer.run(on: database)
        #expect(await eventually { writer.count > 500 })
        let snapshot = try DatabaseSnapshot(of: folder.database)
        try snapshot.pin()
        let shown = writer.count
        // Writes after the moment: enough that an unprotected copy would begin anew.
        #expect(await eventually { writer.count > shown + 50 })
        try snapshot.copy(to: copy(folder))
        let afterwards = writer.count
        #expect(await eventually { writer.count > afterwards })
        writer.stop()
        try await writing
        let archive = try ArchivedDatabase(path: copy(folder))
        try archive.checkIntegrity()
        try archive.check([items])
        let rows = try archive.rowCounts()["items"] ?? 0
        // One write can have been committed and not counted.
        #expect(rows % 2 == 0 && (2 * shown...2 * shown + 2).contains(rows))
        #expect(try archive.schemaVersion() == 1)
    }

    @Test func `writers wait only while a moment is held, and it is what the copy shows`()
        async throws
    {
        let folder = try TemporaryFolder()
        let database = try openDatabase(folder)
        try await database.add(1)
        let snapshot = try DatabaseSnapshot(of: folder.database)
        #expect(try snapshot.hold(within: 1_000))
        let writes = database.statistics.writes
        async let second: Void = database.add(2)
        let isEarly = await eventually(within: 20) { database.statistics.writes > writes }
        #expect(!isEarly)
        try snapshot.release()
        try await second
        #expect(try database.count() == 2)
        try snapshot.copy(to: copy(folder))
        #expect(try ArchivedDatabase(path: copy(folder)).rowCounts()["items"] == 1)
    }

    @Test func `a moment can't be held while another process writes`() async throws {
        let folder = try TemporaryFolder()
        let database = try openDatabase(folder)
        defer { database.close() }
        let other = ForeignConnection(folder.database)
        other.run("BEGIN IMMEDIATE")
        let snapshot = try DatabaseSnapshot(of: folder.database)
        #expect(try !snapshot.hold(within: 20))
        other.run("ROLLBACK")
        #expect(try snapshot.hold(within: 20))
    }

    @Test func `a snapshot neither checkpoints nor shortens the log`() async throws {
        let folder = try TemporaryFolder()
        let database = try openDatabase(folder)
        for id in 0..<20 { try await database.add(id) }
        let log = folder.size("-wal")
        do {
            let snapshot = try DatabaseSnapshot(of: folder.database)
            #expect(try snapshot.hold(within: 1_000))
            try snapshot.copy(to: copy(folder))
        }
        #expect(folder.size("-wal") == log)
        database.close()
    }

    @Test func `damage and rows that refer to nothing are found in an archive`() async throws {
        let folder = try TemporaryFolder()
        let database = try openDatabase(folder)
        for id in 0..<200 { try await database.add(id, name: "name \(id)") }
        database.close()
        let other = ForeignConnection(folder.database)
        other.run("PRAGMA foreign_keys = OFF; INSERT INTO parts VALUES (1, 999)")
        other.run("PRAGMA wal_checkpoint(TRUNCATE)")
        let archive = try ArchivedDatabase(path: folder.database)
        #expect(await kind { try archive.checkIntegrity() } == .foreignKeyViolation)
        #expect(await kind { try archive.check([]) } == .newerSchema)
        try folder.overwrite([UInt8](repeating: 0xFF, count: 64), at: 2 * 4096 + 8)
        let damaged = try ArchivedDatabase(path: folder.database)
        #expect(await kind { try damaged.checkIntegrity() } == .corrupt)
    }

    @Test func `a copy replaces no file`() async throws {
        let folder = try TemporaryFolder()
        try openDatabase(folder).close()
        let snapshot = try DatabaseSnapshot(of: folder.database)
        try snapshot.pin()
        #expect(await kind { try snapshot.copy(to: folder.database) } == .cannotOpen)
    }
}
