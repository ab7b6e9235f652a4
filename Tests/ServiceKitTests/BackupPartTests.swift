import Kernel
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import ServiceKit

@Suite struct BackupPartTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func database(_ name: String) throws -> Database {
        try Database(
            path: "\(folder.path)/\(name).sqlite",
            migrations: [Migration("rows", "CREATE TABLE rows (id INTEGER PRIMARY KEY) STRICT")],
            readers: 0, clock: FakeClock())
    }

    private func insert(_ id: Int, into database: Database) async throws {
        _ = try await database.write { tx in
            try tx.execute("INSERT INTO rows VALUES (?1)", .int(id))
        }
    }

    /// What the process of a service does that takes part in a backup.
    private func decide(_ name: String, of count: Int) throws -> BackupRendezvous.Moment {
        var rendezvous = BackupRendezvous(folder: folder.path, name: name, count: count)
        (rendezvous.opening, rendezvous.holding) = (5_000, 500)
        let snapshot = try DatabaseSnapshot(of: "\(folder.path)/\(name).sqlite")
        let moment = try rendezvous.decide(snapshot)
        try snapshot.copy(to: "\(folder.path)/\(name).copy")
        return moment
    }

    private func copied(_ name: String) throws -> Int? {
        try ArchivedDatabase(path: "\(folder.path)/\(name).copy").rowCounts()["rows"]
    }

    @Test func `processes that meet choose one moment`() async throws {
        let (first, second) = (try database("first"), try database("second"))
        try await insert(1, into: first)
        async let one = blocking { try decide("first", of: 2) }
        async let two = blocking { try decide("second", of: 2) }
        let moments = try await [one, two]
        #expect(moments.allSatisfy { $0.isAligned })
        #expect(try copied("first") == 1)
        #expect(try copied("second") == 0)
        try await insert(2, into: first)
        try await insert(2, into: second)
    }

    @Test func `a process whose partner is late goes on alone, and says so`() async throws {
        let first = try database("first")
        // It has opened its database and does not come.
        try folder.write(".second.opened", [])
        let moment = try await blocking { try decide("first", of: 2) }
        #expect(!moment.isAligned && moment.heldMilliseconds >= 500)
        try await insert(1, into: first)
        #expect(try copied("first") == 0)
    }

    @Test func `a manifest of another format, or without the service, is refused`() throws {
        let part = """
            {"bytes":1,"file":"a.sqlite","isAligned":true,"name":"a","positions":{},"rows":{},
            "schemaVersion":1,"sha256":"00","takenAt":"2026-11-30T12:00:00Z"}
            """
        func write(format: Int) throws {
            let text = """
                {"createdAt":"2026-11-30T12:00:00Z","databases":[\(part)],"format":\(format),
                "version":"0.1.0"}
                """
            try folder.write("manifest.json", Array(text.utf8))
        }
        func refusal(of service: String) -> String? {
            caught(BackupFailure.self) {
                try BackupManifest.part(of: service, in: folder.path)
            }?.description
        }
        #expect(refusal(of: "a")?.contains("has no manifest.json") == true)
        try write(format: 2)
        #expect(refusal(of: "a")?.contains("has format 2") == true)
        try write(format: 1)
        #expect(refusal(of: "b")?.contains("names no database of b") == true)
        #expect(try BackupManifest.part(of: "a", in: folder.path).file == "a.sqlite")
    }

    @Test(arguments: [["adopt"], ["facts"], ["agree"]])
    func `a command in a folder without a database creates none`(_ verb: [String]) async throws {
        let data = ServiceData(
            migrations: [], facts: { try RestoredFacts(of: $0) }, agree: { _, _ in })
        let commands = BackupCommands(name: "first", data: data, folder: folder.path)
        let arguments = verb == ["adopt"] ? verb : verb + [folder.path]
        let found = try #require(await commands.run(arguments))
        #expect(found.code == 1 && found.text.contains("first.sqlite is missing"))
        #expect(try folder.contents().isEmpty)
    }
}
