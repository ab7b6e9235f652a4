import Kernel
import SQLite
import Testing
import WriteKit

/// What a context's jobs are tried on.
public protocol JobScene: Sendable {
    associatedtype World: TestWorld
    associatedtype Deed: Sendable

    var world: World { get }

    /// - Parameter jobRows: how many rows a transaction of a job touches.
    init(jobRows: Int) async throws

    /// Does what begins a job.
    func act(_ deed: Deed) async throws
    /// All that users and other services see.
    func seen() async throws -> [String]
    /// The tables that the jobs change.
    static var tables: [String] { get }
    /// How many rows a slice can delete beyond those that it counts.
    static var constantRows: Int { get }
    /// Columns that may differ between the same work in one transaction and in many.
    static var exceptions: [String: String] { get }
}

private struct Killed: Error {}

extension JobScene {
    public static var exceptions: [String: String] {
        ["outbox.id": "random", "outbox.number": "in the order of the work"]
    }

    public func jobs() throws -> Int {
        try world.database.read { try JobStore.backlog(in: $0).count }
    }

    fileprivate func rows(of tables: [String]) throws -> [String] {
        try world.database.dump().filter { line in
            tables.contains { line.hasPrefix($0 + ": ") }
        }
    }

    fileprivate func contents() throws -> [String] {
        let usual = [
            "jobs": "what is left to do", "sqlite_sequence": "counts jobs", "audit.id": "random",
            "list_parts": "counts rows by their ids", "event_outbox.entry_id": "random",
            "event_outbox.position": "in the order of the work",
        ]
        return try world.database.dump(except: usual.merging(Self.exceptions) { $1 })
    }

    /// Does the next slice, after a process was killed while it did it.
    fileprivate func goOn() async throws -> Bool {
        let before = try world.database.dump()
        _ = await caught(Killed.self) {
            try await world.database.write { tx in
                _ = try world.advanceJob(in: tx)
                throw Killed()
            }
        }
        #expect(try world.database.dump() == before)
        return try await world.advanceJob()
    }
}

/// Work in slices has the same result as in one transaction, wherever a process was killed, and
/// each slice is small.
public func expectSlices<Scene: JobScene>(
    _ type: Scene.Type, _ deed: Scene.Deed, rows: Int
) async throws {
    let whole = try await Scene(jobRows: 10_000)
    try await whole.act(deed)
    #expect(try whole.jobs() == 0)
    let scene = try await Scene(jobRows: rows)
    try await scene.act(deed)
    #expect(try scene.jobs() > 0)
    var slices = 0
    while true {
        let (things, entries) = (
            try scene.rows(of: Scene.tables).count, try scene.rows(of: ["audit"]).count
        )
        guard try await scene.goOn() else { break }
        slices += 1
        #expect(
            things - (try scene.rows(of: Scene.tables).count) <= rows + Scene.constantRows)
        // A change of owner has three entries.
        #expect(try scene.rows(of: ["audit"]).count - entries <= rows * 3)
        try #require(slices < 500)
    }
    #expect(try scene.jobs() == 0)
    let difference = Set(try scene.contents()).symmetricDifference(try whole.contents())
    #expect(difference.isEmpty)
}

/// What a job deletes is gone for everybody at once, and nobody sees the job at work.
public func expectGoneAtOnce<Scene: JobScene>(
    _ type: Scene.Type, _ deed: Scene.Deed, rows: Int
) async throws -> Scene {
    let scene = try await Scene(jobRows: rows)
    let before = try await scene.seen()
    try await scene.act(deed)
    #expect(try scene.jobs() == 1)
    let seen = try await scene.seen()
    #expect(seen != before)
    while try await scene.world.advanceJob() {
        let now = try await scene.seen()
        #expect(now == seen)
    }
    return scene
}
