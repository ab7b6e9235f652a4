import Kernel
import SQLite
import Synchronization
import TestSupport
import Testing

/// Values that are read once for as long as nothing is written.
@Suite struct LastReadsTests {
    private func open(_ folder: TemporaryFolder) throws -> Database {
        try Database(
            path: folder.path + "/test.sqlite",
            migrations: [
                Migration("things", "CREATE TABLE things (name TEXT PRIMARY KEY, id TEXT) STRICT;")
            ], readers: 0, clock: FakeClock())
    }

    private func set(_ name: String, _ id: String, in database: Database) async throws {
        _ = try await database.write { tx in
            try tx.execute(
                "INSERT OR REPLACE INTO things VALUES (?1, ?2)", .text(name), .text(id))
        }
    }

    @Test func `a value is read again after any write, and else not`() async throws {
        let folder = try TemporaryFolder()
        let database = try open(folder)
        defer { database.close() }
        let last = LastReads<String>(database)
        let reads = Atomic(0)
        func value(_ name: String) throws -> String? {
            try last.value(name) { db in
                reads.add(1, ordering: .relaxed)
                return try db.row("SELECT id FROM things WHERE name = ?1", .text(name)) {
                    $0.text(0)
                }
            }
        }
        try await set("a", "1", in: database)
        for _ in 0..<3 { #expect(try value("a") == "1") }
        #expect(reads.load(ordering: .relaxed) == 1)
        for _ in 0..<2 { #expect(try value("none") == nil) }
        #expect(reads.load(ordering: .relaxed) == 3)
        try await set("a", "2", in: database)
        #expect(try value("a") == "2")
        try? await database.write { _ in throw CancellationError() }
        #expect(try value("a") == "2")
        #expect(reads.load(ordering: .relaxed) == 4)
    }

    @Test func `what is read while something is written is not kept beyond that`() async throws {
        let folder = try TemporaryFolder()
        let database = try open(folder)
        defer { database.close() }
        let last = LastReads<String>(database, limit: 4)
        try await set("a", "0", in: database)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for number in 1...200 {
                    try await set("a", "\(number)", in: database)
                    let read = try last.value("a") { db in
                        try db.row("SELECT id FROM things WHERE name = 'a'") { $0.text(0) }
                    }
                    #expect(read == "\(number)")
                }
            }
            for _ in 0..<2 {
                group.addTask {
                    for number in 0..<2_000 {
                        _ = try last.value(number.isMultiple(of: 3) ? "b\(number)" : "a") { db in
                            try db.row("SELECT id FROM things WHERE name = 'a'") { $0.text(0) }
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
