import Foundation
import Glibc
import Kernel
import SQLite
import TestSupport
import Testing

struct GroupCommitTests {
    /// Runs `writes` at once while the writer is busy, so that they wait together.
    /// - Parameter joining: whether what it is busy with is kept, so that they join it.
    private func batch(
        _ database: Database, joining: Bool = false,
        _ writes: [@Sendable (Transaction) throws -> Void]
    ) async throws -> [DatabaseError.Kind?] {
        let gate = Gate()
        async let held = kind {
            try await database.write { _ in
                gate.pass()
                if !joining { throw DatabaseError(.misuse, "as a use case refuses") }
            }
        }
        #expect(await gate.reached())
        let kinds = await withTaskGroup(of: (Int, DatabaseError.Kind?).self) { group in
            for (i, body) in writes.enumerated() {
                // In order: each waits until those before it are queued.
                group.addTask { (i, await kind { try await database.write(body) }) }
                _ = await eventually { database.statistics.queuedWrites == i + 1 }
            }
            gate.open()
            return await group.reduce(into: [Int: DatabaseError.Kind?]()) { $0[$1.0] = $1.1 }
        }
        #expect(await held == (joining ? nil : .misuse))
        return writes.indices.map { kinds[$0] ?? nil }
    }

    private let sixtyFour: [@Sendable (Transaction) throws -> Void] = (1...64).map { id in
        { try $0.execute("INSERT INTO items (id) VALUES (?)", .int(id)) }
    }

    @Test func `waiting writes are committed together`() async throws {
        let folder = try TemporaryFolder()
        let database = try openDatabase(folder)
        let kinds = try await batch(database, sixtyFour)
        #expect(kinds.allSatisfy { $0 == nil })
        #expect(try database.count() == 64)
        let statistics = database.statistics
        #expect(statistics.writes == 64)
        #expect(statistics.commits == 1)
        #expect(statistics.commitSeconds.count == 1)
    }

    @Test func `writes that come while another one runs are committed with it`() async throws {
        let folder = try TemporaryFolder()
        let database = try openDatabase(folder)
        let kinds = try await batch(database, joining: true, sixtyFour)
        #expect(kinds.allSatisfy { $0 == nil })
        #expect(try database.count() == 64)
        #expect(database.statistics.writes == 65)
        #expect(database.statistics.commits == 1)
    }

    @Test func `a write that is alone is committed without waiting for others`() async throws {
        let folder = try TemporaryFolder()
        let database = try openDatabase(folder) { $0.synchronousFull = false }
        let writer = try await database.write { _ in
            ThreadState(path: "/proc/" + (try own("/proc/thread-self")))
        }
        var stops: [Int] = []
        for id in 1...21 {
            #expect(try await eventually { try writer.isAsleep })
            let before = try writer.stops
            try await database.add(id)
            #expect(try await eventually { try writer.isAsleep })
            stops.append(try writer.stops - before)
        }
        // Its thread stops once for a write: when none is left. Now and then for a lock, too.
        #expect(stops.sorted()[10] == 1, "\(stops)")
        #expect(database.statistics.commits == 22)
    }

    @Test func `hundreds of parallel writes need fewer commits`() async throws {
        let folder = try TemporaryFolder()
        let database = try openDatabase(folder)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for id in 1...600 { group.addTask { try await database.add(id) } }
            try await group.waitForAll()
        }
        #expect(try database.count() == 600)
        #expect(database.statistics.writes == 600)
        #expect(database.statistics.commits < 600)
    }

    @Test func `a failing write rolls back itself and no other`() async throws {
        let folder = try TemporaryFolder()
        let database = try openDatabase(folder)
        let kinds = try await batch(
            database,
            [
                { try $0.execute("INSERT INTO items (id, name) VALUES (1, 'a')") },
                {
                    try $0.execute("INSERT INTO items (id) VALUES (2)")
                    throw DatabaseError(.misuse, "as a use case refuses")
                },
                { try $0.execute("INSERT INTO items (id, name) VALUES (3, 'a')") },
                { try $0.execute("INSERT INTO parts (id, item) VALUES (1, 99)") },
                { try $0.execute("INSERT INTO items (id) VALUES (4)") },
            ])
        #expect(kinds == [nil, .misuse, .uniqueViolation, .foreignKeyViolation, nil])
        let ids = try database.read {
            try $0.rows("SELECT id FROM items ORDER BY id") { $0.int(0) }
        }
        #expect(ids == [1, 4])
        // And the one that they waited for.
        #expect(database.statistics.failedWrites == 4)
        #expect(database.statistics.commits == 1)
    }

    @Test func `a group that begins with failing writes keeps the others`() async throws {
        let folder = try TemporaryFolder()
        let database = try openDatabase(folder)
        let refused: @Sendable (Transaction) throws -> Void = {
            try $0.execute("INSERT INTO items (id) VALUES (100)")
            throw DatabaseError(.misuse, "as a use case refuses")
        }
        let kinds = try await batch(database, [refused, refused] + sixtyFour + [refused])
        #expect(kinds == [.misuse, .misuse] + sixtyFour.map { _ in nil } + [.misuse])
        #expect(try database.count() == 64)
        #expect(database.statistics.commits == 1)
    }

    @Test func `a write knows whether it sees what was read before`() async throws {
        let folder = try TemporaryFolder()
        let database = try openDatabase(folder)
        let first = database.version
        #expect(try await database.write { $0.sees(first) })
        // That one was a transaction, whatever it wrote.
        #expect(try await !database.write { $0.sees(first) })
        let second = database.version
        let failing = await kind {
            try await database.write { tx in
                try tx.execute("INSERT INTO items (id) VALUES (1)")
                throw DatabaseError(.misuse, "as a use case refuses")
            }
        }
        #expect(failing == .misuse)
        // Nothing of it was kept.
        #expect(try await database.write { $0.sees(second) })
        // What another write of the group has changed can't have been read.
        let third = database.version
        let seen = Log<[Bool]>([])
        let note: @Sendable (Transaction) -> Void = { tx in
            seen.change { $0.append(tx.sees(third)) }
        }
        _ = try await batch(database, [note, note, note])
        #expect(seen.value == [true, false, false])
    }

    @Test func `a write rolled back by another one is reported as failed`() async throws {
        let folder = try TemporaryFolder()
        let database = try openDatabase(folder)
        let kinds = try await batch(
            database,
            [
                { try $0.execute("INSERT INTO items (id) VALUES (1)") },
                // SQLite ends the transaction, as it does when memory or the disk fail it.
                { try $0.execute("INSERT OR ROLLBACK INTO items (id) VALUES (1)") },
                { try $0.execute("INSERT INTO items (id) VALUES (3)") },
            ])
        #expect(kinds[0] != nil && kinds[1] != nil && kinds[2] == nil)
        let ids = try database.read {
            try $0.rows("SELECT id FROM items ORDER BY id") { $0.int(0) }
        }
        #expect(ids == [3])
    }

    /// The log is first written by COMMIT, after all writes have run.
    @Test func `writes fail if the disk is full at the commit`() async throws {
        let folder = try TemporaryFolder()
        let database = try openDatabase(folder)
        try await database.add(1)
        let logs = try descriptors(of: folder.database + "-wal")
        let kept = logs.map { dup($0) }
        #expect(!logs.isEmpty)
        let kinds = try await batch(
            database,
            [
                { try $0.execute("INSERT INTO items (id) VALUES (2)") },
                {
                    try $0.execute("INSERT INTO items (id) VALUES (3)")
                    let full = open("/dev/full", O_RDWR)
                    for log in logs { dup2(full, log) }
                    close(full)
                },
            ])
        for (log, kept) in zip(logs, kept) {
            dup2(kept, log)
            close(kept)
        }
        #expect(kinds == [.full, .full])
        #expect(try database.count() == 1)
        try await database.add(4)
        #expect(try database.count() == 2)
    }

    /// Those with which this process has opened the file.
    private func descriptors(of path: String) throws -> [Int32] {
        var log = stat()
        stat(path, &log)
        let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
        return open.compactMap { Int32($0) }.filter { number in
            var other = stat()
            return fstat(number, &other) == 0 && other.st_dev == log.st_dev
                && other.st_ino == log.st_ino
        }
    }

    @Test func `a deferred foreign key that the write itself satisfies is accepted`() async throws {
        let folder = try TemporaryFolder()
        let database = try openDatabase(folder)
        try await database.write {
            try $0.execute("INSERT INTO parts (id, item) VALUES (1, 7)")
            try $0.execute("INSERT INTO items (id) VALUES (7)")
        }
        #expect(try database.count() == 1)
    }

    @Test func `no write completes before the commit`() async throws {
        let folder = try TemporaryFolder()
        let database = try openDatabase(folder)
        let first = Gate()
        let second = Gate()
        let answered = Flag()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await database.write { _ in first.pass() } }
            #expect(await first.reached())
            group.addTask {
                try await database.add(1)
                answered.set()
            }
            _ = await eventually { database.statistics.queuedWrites == 1 }
            group.addTask { try await database.write { _ in second.pass() } }
            _ = await eventually { database.statistics.queuedWrites == 2 }
            first.open()
            // The write has run and its batch goes on: it is neither answered nor seen.
            #expect(await second.reached())
            #expect(await never { answered.isSet })
            #expect(try database.count() == 0)
            second.open()
            try await group.waitForAll()
        }
        #expect(answered.isSet)
        #expect(ForeignConnection(folder.database).int("SELECT count(*) FROM items") == 1)
    }

    @Test(arguments: FakeClock.errors)
    func `a write uses the clock even if it was set back`(error: Int64) async throws {
        let folder = try TemporaryFolder()
        let clock = FakeClock()
        let database = try openDatabase(folder, clock: clock)
        let now = clock.now()
        #expect(try await database.write { $0.now } == now)
        let wrong = try await clock.wrong(by: error) { try await database.write { $0.now } }
        #expect(wrong == now.adding(seconds: error))
        #expect(try await database.write { $0.now } == now)
        clock.advance(seconds: 1)
        #expect(try await database.write { $0.now } == now.adding(seconds: 1))
    }

    @Test func `a clock step back of a second is waited for`() async throws {
        let folder = try TemporaryFolder()
        let clock = FakeClock()
        let database = try openDatabase(folder, clock: clock)
        let first = try await database.write { $0.now }
        clock.advance(seconds: -1)
        // However many writes there are meanwhile.
        for _ in 0..<3 { #expect(try await database.write { $0.now } == first) }
        clock.advance(seconds: -1)
        #expect(try await database.write { $0.now } == first.adding(seconds: -2))
    }

    @Test func `writes beyond the queue's limit are refused at once`() async throws {
        let folder = try TemporaryFolder()
        let database = try openDatabase(folder) { $0.maximumQueuedWrites = 2 }
        let gate = Gate()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await database.write { _ in gate.pass() } }
            #expect(await gate.reached())
            for id in 1...2 { group.addTask { try await database.add(id) } }
            _ = await eventually { database.statistics.queuedWrites == 2 }
            #expect(await kind { try await database.add(3) } == .overloaded)
            gate.open()
            try await group.waitForAll()
        }
        #expect(try database.count() == 2)
        try await database.add(3)
    }

    @Test func `a batch has a maximum size`() async throws {
        let folder = try TemporaryFolder()
        let database = try openDatabase(folder) { $0.maximumBatch = 4 }
        _ = try await batch(
            database,
            (1...10).map { id in
                { try $0.execute("INSERT INTO items (id) VALUES (?)", .int(id)) }
            })
        // 4, 4 and 2.
        #expect(database.statistics.commits == 3)
        #expect(database.statistics.writes == 10)
    }
}

/// Where a symbolic link leads.
private func own(_ link: String) throws -> String {
    try FileManager.default.destinationOfSymbolicLink(atPath: link)
}

/// What the system says of a thread (proc_pid_status(5)).
private struct ThreadState: Sendable {
    let path: String

    private func value(_ name: String) throws -> String {
        let lines = try String(contentsOfFile: path + "/status", encoding: .utf8).split(
            separator: "\n")
        let line = try #require(lines.first { $0.hasPrefix(name + ":") })
        return line.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces)
    }

    var isAsleep: Bool { get throws { try value("State").hasPrefix("S") } }

    /// How often it has stopped to wait for something.
    var stops: Int { get throws { try #require(Int(value("voluntary_ctxt_switches"))) } }
}
