import Kernel
import SQLite
import TestSupport
import Testing

/// Sealed values, found by what they begin with.
@Suite struct SealedColumnTests {
    private static let things = SealedColumn(
        "sealed", of: "things", number: "generation", where: "is_open = 1")
    private static let parts = SealedColumn(
        "sealed", of: "parts", id: "thing_id", number: "part")
    private static let one = SealedColumn("probe", of: "one", id: "id")
    private static let schema = """
        CREATE TABLE things (
            id TEXT PRIMARY KEY, generation INTEGER NOT NULL, is_open INTEGER NOT NULL, sealed BLOB
        ) STRICT;
        CREATE TABLE parts (
            thing_id TEXT NOT NULL, part INTEGER NOT NULL, sealed BLOB NOT NULL,
            PRIMARY KEY (thing_id, part)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE one (id INTEGER PRIMARY KEY, probe BLOB NOT NULL) STRICT;

        """

    private let folder: TemporaryFolder
    private let database: Database
    private let random = SeededRandom(seed: 7)
    /// Those of three secrets, in the order of their bytes.
    private let prefixes: [[UInt8]]

    init() throws {
        folder = try TemporaryFolder()
        // No statement may read a whole table.
        var options = DatabaseOptions()
        options.forbidTableScans = true
        database = try Database(
            path: folder.database,
            migrations: [
                Migration(
                    "things",
                    Self.schema + Self.things.schema + Self.parts.schema + Self.one.schema)
            ],
            readers: 0, clock: FakeClock(), options: options)
        prefixes = (0..<3).map { SealingKey.prefix(of: KeyID(of: [$0])) }
            .sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// Every row of the walk, with what its value begins with.
    private func walk(
        _ column: SealedColumn, _ limit: Int, otherThan first: [UInt8],
        where isWanted: ([UInt8]) -> Bool = { _ in true }
    ) throws -> [SealedColumn.Row] {
        var (rows, place) = ([SealedColumn.Row](), SealedColumn.Place())
        while true {
            let next = try database.read {
                try column.next(
                    limit, from: &place, otherThan: first, where: isWanted, in: $0)
            }
            #expect(next.count <= limit)
            if next.isEmpty { return rows }
            rows += next
        }
    }

    private func insert(_ id: String, _ sealed: [UInt8]?, isOpen: Bool = true) async throws {
        _ = try await database.write { tx in
            try tx.execute(
                "INSERT INTO things (id, generation, is_open, sealed) VALUES (?1, 1, ?2, ?3)",
                .text(id), .bool(isOpen), sealed.map { .blob($0) } ?? .null)
        }
    }

    @Test(arguments: [1, 3, 7, 100])
    func `a walk finds each value once that another secret sealed`(limit: Int) async throws {
        var expected: [[Set<String>]] = [[[], [], []], [[], [], []], [[], [], []]]
        for number in 0..<40 {
            let kind = random.below(5)
            let (id, isOpen) = ("t\(random.next())", number % 9 > 0)
            let sealed: [UInt8]? =
                switch kind {
                case 0...2: prefixes[kind] + random.bytes(8)
                // Before values said which secret sealed them, and before there was a value.
                case 3: [1] + random.bytes(12)
                default: nil
                }
            try await insert(id, sealed, isOpen: isOpen)
            guard isOpen else { continue }
            for first in 0..<3 where kind != first {
                expected[first][0].insert(id)
                if kind < 3 { expected[first][1].insert(id) }
                if kind > 2 { expected[first][2].insert(id) }
            }
        }
        for first in 0..<3 {
            let rows = try walk(Self.things, limit, otherThan: prefixes[first])
            #expect(rows.count == expected[first][0].count)
            #expect(Set(rows.map(\.text)) == expected[first][0])
            let named = try walk(
                Self.things, limit, otherThan: prefixes[first],
                where: { SealingKey.keyID(inPrefix: $0) != nil })
            #expect(Set(named.map(\.text)) == expected[first][1])
            #expect(named.count == expected[first][1].count)
        }
        let counts = try database.read { try Self.things.counts(in: $0) }
        let all = expected[0][0].count
        #expect(counts.filter { $0.prefix != prefixes[0] }.map(\.values).reduce(0, +) == all)
        #expect(counts.filter { $0.prefix.first == 1 }.count <= 1)
        for (prefix, first) in zip(prefixes, 0..<3) {
            let others = counts.filter { $0.prefix != prefix }.map(\.values).reduce(0, +)
            #expect(others == expected[first][0].count)
        }
    }

    @Test func `ids of two columns and of numbers are walked through as well`() async throws {
        let value = prefixes[1] + [9]
        try await database.write { tx in
            for (id, part) in [("b", 2), ("a", 1), ("b", 1), ("a", -3)] as [(String, Int)] {
                try tx.execute(
                    "INSERT INTO parts (thing_id, part, sealed) VALUES (?1, ?2, ?3)", .text(id),
                    .int(part), .blob(value))
            }
            try tx.execute("INSERT INTO one (id, probe) VALUES (1, ?1)", .blob(value))
        }
        for limit in 1...5 {
            let rows = try walk(Self.parts, limit, otherThan: prefixes[0])
            #expect(rows.map { "\($0.text)\($0.number)" } == ["a-3", "a1", "b1", "b2"])
            #expect(rows.allSatisfy { $0.sealed == value })
        }
        #expect(try walk(Self.one, 1, otherThan: prefixes[0]).map(\.id) == [.int(1)])
        #expect(try walk(Self.one, 1, otherThan: prefixes[1]).isEmpty)
    }

    @Test func `a value is replaced only if it is still the same`() async throws {
        try await insert("a", prefixes[0] + [1])
        try await insert("b", nil)
        let rows = try walk(Self.things, 10, otherThan: prefixes[2])
        #expect(rows.map(\.text) == ["b", "a"])
        let (b, a) = (rows[0], rows[1])
        for (row, value) in [(a, [UInt8](prefixes[2] + [2])), (b, prefixes[2] + [3])] {
            let first = try await database.write {
                try Self.things.replace(row, with: value, in: $0)
            }
            // Another change came first, even one back to the value itself in another generation.
            let second = try await database.write {
                try Self.things.replace(row, with: value + [0], in: $0)
            }
            _ = try await database.write { tx in
                try tx.execute(
                    "UPDATE things SET sealed = ?2, generation = 2 WHERE id = ?1", row.id,
                    row.sealed.isEmpty ? .null : .blob(row.sealed))
            }
            let third = try await database.write {
                try Self.things.replace(row, with: value, in: $0)
            }
            #expect(first && !second && !third, "\(row.text)")
        }
    }

    @Test func `a database is looked at beside whoever has it open`() async throws {
        try await insert("a", prefixes[0])
        let counts = try Database.look(at: folder.database) { try Self.things.counts(in: $0) }
        #expect(counts?.map(\.prefix) == [prefixes[0]] && counts?.map(\.values) == [1])
        let none = try Database.look(at: folder.database + ".none") { _ in true }
        #expect(none == nil)
        // Nothing but the database was made by looking.
        #expect(folder.size(".none") == nil)
    }
}
