import Kernel
import SQLite
import Synchronization
import TestSupport
import Testing

/// A read transaction that is kept for the reads which follow in one round of events.
struct KeptReadTests {
    /// Runs `body` on a thread as an event loop runs its first round.
    private func onLoop(
        _ slot: Int = 0, _ body: @escaping @Sendable (RoundEnd) -> Void
    ) async {
        await withCheckedContinuation { continuation in
            onThread {
                ThreadSlot.assign(slot)
                let end = RoundEnd()
                end.withThread { body(end) }
                continuation.resume()
            }
        }
    }

    /// Whether a reader keeps the log from being emptied.
    private func isRead(_ folder: TemporaryFolder) -> Bool {
        ForeignConnection(folder.database).int("PRAGMA wal_checkpoint(TRUNCATE)") != 0
    }

    @Test func `it is kept until the round ends, and no longer`() async throws {
        let folder = try TemporaryFolder()
        let database = try openDatabase(folder)
        for id in 1...2 {
            try await database.add(id)
            await onLoop { end in
                #expect((try? database.count()) == Int64(id))
                #expect(isRead(folder))
                #expect((try? database.count()) == Int64(id))
                end.run()
                #expect(!isRead(folder))
            }
        }
        #expect(try database.count() == 2)
        #expect(!isRead(folder), "other threads have no rounds")
        await onLoop(7) { _ in
            #expect((try? database.count()) == 2)
            #expect(!isRead(folder), "another loop than those that it was opened for")
        }
    }

    @Test func `every write that was answered is seen in the same round`() async throws {
        let folder = try TemporaryFolder()
        let database = try openDatabase(folder)
        await onLoop { _ in
            for id in 1...50 {
                #expect((try? database.count()) == Int64(id - 1))
                let isDone = Flag()
                Task {
                    try await database.add(id)
                    isDone.set()
                }
                blockUntil { isDone.isSet }
                #expect((try? database.count()) == Int64(id))
            }
        }
    }

    @Test func `it is not kept while the log is longer than it should be`() async throws {
        let folder = try TemporaryFolder()
        let database = try openDatabase(folder) { $0.checkpointPages = 1 }
        try await database.add(1)
        await onLoop { _ in
            #expect((try? database.count()) == 1)
            // Until the writer has copied the log itself.
            blockUntil { !isRead(folder) }
            #expect(!isRead(folder))
        }
    }

    @Test func `a read that fails does no harm to the next`() async throws {
        let folder = try TemporaryFolder()
        let database = try openDatabase(folder)
        try await database.add(1)
        await onLoop { _ in
            #expect((try? database.count()) == 1)
            #expect(throws: DatabaseError.self) {
                try database.read { try $0.row("SELECT nothing FROM items") { $0.int(0) } }
            }
            #expect((try? database.count()) == 1)
        }
    }

    @Test func `a database closes under it`() async throws {
        let folder = try TemporaryFolder()
        let database = try openDatabase(folder)
        await onLoop { end in
            #expect((try? database.count()) == 0)
            database.close()
            #expect(throws: DatabaseError.self) { try database.count() }
            end.run()
        }
    }

    /// A commit is seen by some readers before it is answered.
    @Test func `no read finds less than one that ended before it began`() async throws {
        let folder = try TemporaryFolder()
        let database = try openDatabase(folder)
        let most = Atomic<Int64>(0)
        let isOver = Flag()
        let backwards = Atomic(0)
        let read: @Sendable (RoundEnd) -> Void = { end in
            while !isOver.isSet {
                for _ in 0..<20 {
                    let before = most.load(ordering: .sequentiallyConsistent)
                    guard let count = try? database.count() else { continue }
                    if count < before { backwards.add(1, ordering: .relaxed) }
                    most.max(count, ordering: .sequentiallyConsistent)
                }
                end.run()
            }
        }
        async let first: Void = onLoop(0, read)
        async let second: Void = onLoop(1, read)
        for id in 1...400 { try await database.add(id) }
        isOver.set()
        _ = await (first, second)
        #expect(backwards.load(ordering: .relaxed) == 0)
        #expect(try database.count() == 400)
    }
}
