import Kernel
import SQLite
import Synchronization
import TestSupport
import Testing

/// Confirms while it is open; counts how often it was asked.
private final class SwitchedGate: CommitGate {
    struct Call: Equatable {
        let hasNew: Bool
        let isRetry: Bool
    }

    private let isOpen: Atomic<Bool>
    let calls = Log<[Call]>([])
    /// Holds the writer's thread while it is asked.
    private let hold = Mutex<Gate?>(nil)

    init(isOpen: Bool = true) { self.isOpen = Atomic(isOpen) }

    func open() { isOpen.store(true, ordering: .releasing) }
    func shut() { isOpen.store(false, ordering: .releasing) }
    func holdNext(at gate: Gate) { hold.withLock { $0 = gate } }

    func confirm(hasNew: Bool, isRetry: Bool) throws(DatabaseError) {
        calls.change { $0.append(Call(hasNew: hasNew, isRetry: isRetry)) }
        let gate = hold.withLock { hold in
            defer { hold = nil }
            return hold
        }
        gate?.pass()
        guard isOpen.load(ordering: .acquiring) else {
            throw DatabaseError(.unconfirmed, "the replica is away")
        }
    }
}

struct CommitGateTests {
    private func open(
        _ folder: TemporaryFolder, _ gate: SwitchedGate, retryAfter delay: Int = 5
    ) throws -> Database {
        try openDatabase(folder) {
            $0.gate = gate
            $0.confirmDelay = delay
        }
    }

    @Test func `a write returns only after the gate has confirmed it`() async throws {
        let folder = try TemporaryFolder()
        let gate = SwitchedGate()
        let database = try open(folder, gate)
        try await database.add(1)
        let held = Gate()
        gate.holdNext(at: held)
        let isDone = Flag()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await database.add(2)
                isDone.set()
            }
            #expect(await held.reached())
            // Committed, and seen by reads, but not answered.
            #expect(try database.count() == 2)
            #expect(!isDone.isSet)
            held.open()
            try await group.waitForAll()
        }
        #expect(
            gate.calls.value == [
                .init(hasNew: false, isRetry: true), .init(hasNew: true, isRetry: false),
                .init(hasNew: true, isRetry: false),
            ])
    }

    @Test func `writes that wait together are confirmed together`() async throws {
        let folder = try TemporaryFolder()
        let gate = SwitchedGate()
        let database = try open(folder, gate)
        try await database.add(1_000)
        let held = Gate()
        gate.holdNext(at: held)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await database.add(1_001) }
            #expect(await held.reached())
            for id in 1...64 { group.addTask { try await database.add(id) } }
            _ = await eventually { database.statistics.queuedWrites == 64 }
            held.open()
            try await group.waitForAll()
        }
        #expect(gate.calls.value.count == 4)
        #expect(database.statistics.commits == 3)
        #expect(database.statistics.confirmSeconds.count == 4)
    }

    @Test func `an unconfirmed write may be kept, and later ones are not taken`() async throws {
        let folder = try TemporaryFolder()
        let gate = SwitchedGate()
        let database = try open(folder, gate, retryAfter: 60_000)
        try await database.add(1)
        gate.shut()
        #expect(await kind { try await database.add(2) } == .unconfirmed)
        #expect(await kind { try await database.add(3) } == .heldUp)
        #expect(gate.calls.value.count == 3)
        // Reads go on.
        #expect(try database.count() == 2)
        try database.check()
        #expect(database.statistics.isConfirmed == false)
        #expect(database.statistics.unconfirmedCommits == 1)
    }

    @Test func `once the gate confirms, writes are taken again`() async throws {
        let folder = try TemporaryFolder()
        let gate = SwitchedGate()
        let database = try open(folder, gate)
        gate.shut()
        let first = await kind { try await database.add(1) }
        #expect(first == .unconfirmed || first == .heldUp)
        gate.open()
        #expect(await eventually { database.statistics.isConfirmed == true })
        try await database.add(2)
        #expect(gate.calls.value.last == .init(hasNew: true, isRetry: false))
        #expect(
            try database.read { try $0.row("SELECT 1 FROM items WHERE id = 2") { _ in true } }
                == true)
    }

    @Test func `nothing is taken before what was there is confirmed`() async throws {
        let folder = try TemporaryFolder()
        try await openDatabase(folder).add(1)
        let gate = SwitchedGate(isOpen: false)
        let database = try open(folder, gate)
        #expect(await kind { try await database.add(2) } == .heldUp)
        #expect(await kind { try await database.settle() } == .unconfirmed)
        #expect(try database.count() == 1)
        gate.open()
        #expect(await eventually { database.statistics.isConfirmed == true })
        try await database.add(2)
        #expect(gate.calls.value.filter { !$0.isRetry }.count == 1)
    }

    @Test func `who saw an unconfirmed write can wait for it`() async throws {
        let folder = try TemporaryFolder()
        let gate = SwitchedGate()
        let database = try open(folder, gate)
        try await database.add(1)
        try await database.settle()
        let held = Gate()
        gate.holdNext(at: held)
        let isSettled = Flag()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await database.add(2) }
            #expect(await held.reached())
            group.addTask {
                try await database.settle()
                isSettled.set()
            }
            #expect(await never { isSettled.isSet })
            held.open()
            try await group.waitForAll()
        }
        #expect(isSettled.isSet)
    }

    @Test func `who saw a write that was not confirmed gets an error, and after that its end`()
        async throws
    {
        let folder = try TemporaryFolder()
        let gate = SwitchedGate()
        let database = try open(folder, gate)
        try await database.add(1)
        gate.shut()
        #expect(await kind { try await database.add(2) } == .unconfirmed)
        #expect(await kind { try await database.settle() } == .unconfirmed)
        gate.open()
        #expect(await eventually { await kind { try await database.settle() } == nil })
        #expect(try database.count() == 2)
    }

    @Test func `a write that changes nothing asks the gate for nothing`() async throws {
        let folder = try TemporaryFolder()
        let gate = SwitchedGate()
        let database = try open(folder, gate)
        try await database.add(1)
        let before = gate.calls.value.count
        _ = try await database.write { try $0.execute("DELETE FROM items WHERE id = 2") }
        try await database.settle()
        #expect(gate.calls.value.count == before)
    }

    @Test func `a write that fails by itself asks the gate for nothing`() async throws {
        let folder = try TemporaryFolder()
        let gate = SwitchedGate()
        let database = try open(folder, gate)
        try await database.add(1)
        let before = gate.calls.value.count
        #expect(await kind { try await database.add(1) } == .uniqueViolation)
        #expect(gate.calls.value.count == before)
    }

    @Test func `closing ends the wait of who saw an unconfirmed write`() async throws {
        let folder = try TemporaryFolder()
        let gate = SwitchedGate(isOpen: false)
        let database = try open(folder, gate, retryAfter: 60_000)
        #expect(await eventually { database.statistics.isConfirmed == false })
        database.close()
        #expect(await kind { try await database.settle() } == .closed)
    }
}
