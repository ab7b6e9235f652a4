import Kernel
import SQLite
import Synchronization
import TestSupport
import Testing
@_spi(Answering) import WriteKit

/// The order of a change's steps, and what each sees.
@Suite struct PendingWriteTests {
    private let world: JournalWorld
    private let ada = Caller(userId: "usr_ada", tokenId: "tok_1")
    /// What was done, in order.
    private let steps = Steps()

    init() throws { world = try JournalWorld() }

    private final class Steps: Sendable {
        private let state = Mutex<(done: [String], admits: Int)>(([], .max))

        func note(_ step: String) { state.withLock { $0.done.append(step) } }
        var done: [String] { state.withLock(\.done) }

        /// Admits so many times more.
        func admit(_ times: Int) { state.withLock { $0.admits = times } }

        func admitOnce() throws {
            try state.withLock { state in
                guard state.admits > 0 else { throw Fault.notFound }
                state.admits -= 1
            }
        }
    }

    private func change(
        calling call: @escaping @Sendable () async throws -> Void = {}
    ) -> PendingWrite<String, Int> {
        let steps = steps
        return world.write(
            by: ada, committed: { steps.note("committed") },
            admit: { db in
                try steps.admitOnce()
                steps.note(db is Transaction ? "admit in write" : "admit in read")
                return "thing"
            },
            asking: { _, isConditional in
                steps.note(isConditional ? "ask for conditions" : "ask")
                try await call()
                return isConditional
            },
            showing: { _, thing, isConditional in
                steps.note("show")
                return "\(thing) \(isConditional)"
            }
        ) { _, _, _ in
            steps.note("effect")
            return 7
        }
    }

    @Test func `a write runs admission, calls, admission, conditions, effect`() async throws {
        let value = try await change().commit { shown in
            #expect(shown == "thing true")
        }
        #expect(value == 7)
        #expect(
            steps.done == [
                "admit in read", "ask for conditions", "admit in read", "show", "admit in write",
                "show", "effect", "committed",
            ])
    }

    @Test func `without conditions the current state is not computed`() async throws {
        try await change().commit()
        #expect(!steps.done.contains("show") && steps.done.contains("ask"))
    }

    @Test func `a refused caller causes no call and no write`() async throws {
        steps.admit(0)
        await #expect(throws: Fault.notFound) { try await change().commit() }
        #expect(steps.done.isEmpty)
    }

    @Test func `a caller who loses permission during the calls changes nothing`() async throws {
        steps.admit(1)
        let database = world.database
        // Permissions are rows: who loses one, loses it by a write.
        let change = change(calling: { try await database.write { _ in } })
        await #expect(throws: Fault.notFound) { try await change.commit() }
        #expect(steps.done == ["admit in read", "ask"])
    }

    @Test func `what was admitted is admitted again only if something was written since`()
        async throws
    {
        try await change().commit()
        #expect(steps.done == ["admit in read", "ask", "effect", "committed"])
        let database = world.database
        try await change(calling: { try await database.write { _ in } }).commit()
        #expect(
            steps.done.dropFirst(4) == [
                "admit in read", "ask", "admit in write", "effect", "committed",
            ])
    }

    @Test func `a failed condition prevents the effect`() async throws {
        await #expect(throws: Fault.notFound) {
            try await change().commit { _ in throw Fault.notFound }
        }
        #expect(!steps.done.contains("effect") && !steps.done.contains("committed"))
    }

    @Test func `a write that changes nothing returns when what it found has settled`() async throws
    {
        try await change().commit()
        #expect(world.changes.settledAll == 1)
        // With the answer that is kept.
        try await change().commit(adding: { tx, _ in try Tombstone.entity.insert("ent_x", in: tx) })
        #expect(world.changes.settledAll == 2)
        try await counting().commit()
        #expect(world.changes.settledAll == 2)
        try await counting().admitAgain()
        #expect(world.changes.settledAll == 3)
    }

    /// A write that shows `rows`, the number of tombstones.
    private func counting() -> PendingWrite<Int, Int> {
        world.write(by: ada, admit: { try Self.count(in: $0) }) { tx, count in
            try Tombstone.entity.insert("ent_\(count)", in: tx)
            return count
        }
    }

    private static func count(in db: any Queryable) throws -> Int {
        try db.row("SELECT count(*) FROM tombstones WHERE kind = 'entity'") { Int($0.int(0)) } ?? 0
    }

    @Test func `a condition is checked again when what it was checked against has changed`()
        async throws
    {
        // Another write takes effect between the read of the condition and the transaction.
        let found = Mutex([1, 2, 2, 2])
        let checked = Mutex<[Int]>([])
        let change: PendingWrite<Int, Int> = world.write(
            by: ada, admit: { _ in found.withLock { $0.removeFirst() } }
        ) { _, value in value }
        let value = try await change.commit { shown in checked.withLock { $0.append(shown) } }
        #expect(value == 2 && checked.withLock { $0 } == [1, 2])
    }

    @Test func `what differs whenever it is read ends in an error`() async throws {
        let reads = Mutex(0)
        let change: PendingWrite<Int, Int> = world.write(
            by: ada,
            admit: { _ in
                reads.withLock {
                    $0 += 1
                    return $0
                }
            }
        ) { _, value in value }
        await #expect(throws: AskAgain.self) { try await change.commit { _ in } }
        #expect(reads.withLock { $0 } < 1_000)
    }

    @Test func `of parallel writes that expect the same state one takes effect`() async throws {
        let outcome = await race(8) { _ in
            try await counting().commit { count in
                guard count == 0 else { throw Fault.notFound }
            }
        }
        #expect(outcome.succeeded == 1)
        #expect(try world.database.read { try Self.count(in: $0) } == 1)
    }

    @Test func `a caller whose deletion has arrived writes nothing`() async throws {
        let change = counting()
        try await world.database.write { try Tombstone.user.insert("usr_ada", in: $0) }
        let error = await caught(Fault.self) { try await change.commit() }
        #expect(error?.code == "user_deleted")
        #expect(try world.database.read { try Self.count(in: $0) } == 0)
    }

    @Test func `a caller whose deletion arrives during the calls writes nothing`() async throws {
        let database = world.database
        let change: PendingWrite<Void, Void> = world.write(
            by: ada, admit: { _ in },
            asking: {
                try await database.write { try Tombstone.user.insert("usr_ada", in: $0) }
            }
        ) { tx, _, _ in try Tombstone.entity.insert("ent_1", in: tx) }
        let error = await caught(Fault.self) { try await change.commit() }
        #expect(error?.code == "user_deleted")
        #expect(try world.database.read { try Self.count(in: $0) } == 0)
    }

    @Test func `outdated answers of other services are requested again`()
        async throws
    {
        let steps = steps
        let change = world.write(
            by: ada, admit: { _ in },
            asking: {
                steps.note("ask")
                return steps.done.count
            }
        ) { tx, _, asked in
            try tx.execute(
                "INSERT INTO stored_response_usage (user_id, responses) VALUES (?1, ?2)",
                .text("usr_\(asked)"), .int(asked))
            guard asked == 3 else { throw AskAgain() }
            return asked
        }
        #expect(try await change.commit() == 3)
        #expect(steps.done == ["ask", "ask", "ask"])
        // Of the rounds that did not fit nothing is left.
        let rows = try world.database.read { db in
            try db.rows("SELECT user_id FROM stored_response_usage WHERE user_id > ''") {
                $0.text(0)
            }
        }
        #expect(rows == ["usr_3"])
    }
}
