import EventLoop
import Kernel
import SQLite
import TestSupport
import Testing

@testable import ServiceKit

/// Stored values that are sealed anew in the background.
@Suite struct ResealerTests {
    private static let column = SealedColumn("sealed", of: "things")
    private static let schema =
        "CREATE TABLE things (id TEXT PRIMARY KEY, sealed BLOB NOT NULL) STRICT;\n"
        + column.schema

    private let folder: TemporaryFolder
    private let database: Database
    private let random = SeededRandom(seed: 3)
    private let log = LogBook()
    private let runtime: Runtime
    private let secrets = (1...3).map { [UInt8](repeating: UInt8($0), count: 32) }

    init() throws {
        folder = try TemporaryFolder()
        runtime = Runtime(
            group: EventLoopGroup(count: 1), logger: log.logger(service: "test"),
            clock: FakeClock())
        database = try Database(
            path: folder.path + "/test.sqlite",
            migrations: [Migration("things", Self.schema)], readers: 0, clock: runtime.clock)
    }

    private func list(_ places: Int...) -> SecretList {
        let chosen = places.map { secrets[$0] }
        return SecretList(chosen[0], Array(chosen.dropFirst()))
    }

    private func keys(_ list: SecretList) -> SealingKeys { SealingKeys(list, purpose: "test") }

    private func values(_ list: SecretList) -> [SealedValues] {
        let keys = keys(list)
        return [
            SealedValues(Self.column) { [random] in
                keys.reseal($0.sealed, for: $0.text, random: random)
            }
        ]
    }

    /// Writes values that are their own ids.
    private func fill(_ ids: [String], with list: SecretList) async throws {
        let sealed = ids.map { ($0, keys(list).seal(Array($0.utf8), for: $0, random: random)) }
        try await database.write { tx in
            for (id, value) in sealed {
                try tx.execute(
                    "INSERT OR REPLACE INTO things VALUES (?1, ?2)", .text(id), .blob(value))
            }
        }
    }

    private func stored() throws -> [String: [UInt8]] {
        try database.read { reader in
            Dictionary(
                uniqueKeysWithValues: try reader.rows("SELECT id, sealed FROM things") {
                    ($0.text(0), $0.blob(1))
                })
        }
    }

    private func opened(_ list: SecretList) throws -> [String: String] {
        try stored().reduce(into: [:]) { all, row in
            all[row.key] = keys(list).open(row.value, for: row.key).map {
                String(decoding: $0, as: UTF8.self)
            }
        }
    }

    private func metric(_ resealer: Resealer, _ key: String) -> String? {
        var text = MetricsText()
        resealer.writeMetrics(&text)
        let name = "latchkey_sealed_values{key=\"\(key)\"} "
        return text.text.split(separator: "\n").first { $0.hasPrefix(name) }
            .map { String($0.dropFirst(name.count)) }
    }

    private func isSettled(_ list: SecretList) throws -> Bool {
        let counts = try database.read { try SealedCounts([Self.column], list, in: $0) }
        return counts.values.keys.allSatisfy { $0 == .listed(0) }
    }

    @Test func `all values are sealed with the first secret, and open with it alone`()
        async throws
    {
        let ids = (0..<300).map { "thing \($0)" }
        try await fill(Array(ids[..<200]), with: list(0))
        try await fill(Array(ids[200...]), with: list(2))
        let all = list(1, 0, 2)
        let resealer = Resealer(values(all), all, in: database, runtime)
        #expect(try await eventually(within: 20_000) { try isSettled(all) })
        #expect(
            try opened(list(1)) == Dictionary(uniqueKeysWithValues: ids.map { ($0, $0) }))
        #expect(await eventually { log.text.contains("sealed anew") })
        for id in all.ids.dropFirst() { #expect(metric(resealer, "\(id)") == "0") }
        #expect(metric(resealer, "none") == "0" && metric(resealer, "unknown") == "0")
        #expect(metric(resealer, "\(all.ids[0])") == nil)
        await resealer.stop()
    }

    @Test func `what no secret opens stays as it is, and is counted and reported`() async throws {
        try await fill(["a", "b"], with: list(2))
        try await fill(["c"], with: list(0))
        // It says that a known secret sealed it, and belongs elsewhere.
        let moved = keys(list(0)).seal([1], for: "elsewhere", random: random)
        _ = try await database.write {
            try $0.execute("INSERT INTO things VALUES ('d', ?1)", .blob(moved))
        }
        let before = try stored()
        let both = list(1, 0)
        let resealer = Resealer(values(both), both, in: database, runtime)
        #expect(await eventually { log.text.contains("doesn't have") })
        let after = try stored()
        for id in ["a", "b", "d"] { #expect(after[id] == before[id]) }
        #expect(try opened(list(1)) == ["c": "c"])
        #expect(metric(resealer, "unknown") == "2")
        #expect(metric(resealer, "\(both.ids[1])") == "1")
        await resealer.stop()
    }

    @Test func `a change at the same time is never overwritten`() async throws {
        let ids = (0..<40).map { "thing \($0)" }
        let both = list(1, 0)
        for round in 0..<5 {
            try await fill(ids, with: list(0))
            let keys = keys(both)
            let resealer = Resealer(values(both), both, in: database, runtime)
            // As use cases do: with the first secret.
            let written = try await withThrowingTaskGroup(of: (String, String).self) { group in
                for id in ids {
                    group.addTask { [database, random] in
                        var last = ""
                        for change in 0..<5 {
                            last = "\(id) \(round) \(change)"
                            let value = keys.seal(Array(last.utf8), for: id, random: random)
                            _ = try await database.write {
                                try $0.execute(
                                    "UPDATE things SET sealed = ?2 WHERE id = ?1", .text(id),
                                    .blob(value))
                            }
                        }
                        return (id, last)
                    }
                }
                return try await group.reduce(into: [String: String]()) { $0[$1.0] = $1.1 }
            }
            #expect(try await eventually(within: 20_000) { try isSettled(both) })
            await resealer.stop()
            #expect(try opened(list(1)) == written, "round \(round)")
        }
    }

    @Test func `a service that stops halfway goes on at its next start`() async throws {
        let ids = (0..<400).map { "thing \($0)" }
        try await fill(ids, with: list(0))
        let (both, keys) = (list(1, 0), keys(list(1, 0)))
        var starts = 0
        while try !isSettled(both) {
            let (begun, signal) = AsyncStream<Void>.makeStream()
            let values = SealedValues(Self.column) { [random] row in
                signal.yield()
                return keys.reseal(row.sealed, for: row.text, random: random)
            }
            let resealer = Resealer([values], both, in: database, runtime)
            for await _ in begun { break }
            await resealer.stop()
            starts += 1
            #expect(try opened(both).count == ids.count)
        }
        // Each start does something.
        #expect((1...ids.count).contains(starts))
        #expect(try opened(list(1)).count == ids.count)
    }
}
