import Kernel
import TestSupport
import Testing

@testable import SQLite

/// Lists that are counted in parts, compared with lists that are counted.
@Suite struct LongListTests {
    /// A list, and the same list without parts.
    private struct Pair: Sendable {
        let list: LongList
        let counted: PagedQuery
        let plain: PagedQuery
        let hasOwner: Bool
        /// Makes a key of a thing's number, id and time.
        let key: @Sendable (Int, String, Int) -> [Value]

        init(
            _ list: LongList, _ order: Columns, by index: StaticString, where condition: SQL.Parts,
            hidden: SQL? = nil, hasOwner: Bool,
            key: @escaping @Sendable (Int, String, Int) -> [Value]
        ) {
            var list = list
            list.most = 10
            (self.list, self.hasOwner, self.key) = (list, hasOwner, key)
            func query(_ list: LongList?, _ hidden: SQL?) -> PagedQuery {
                PagedQuery(
                    "r.number", from: "things", key: Columns("number"), by: index,
                    where: condition, newestFirst: order, countedBy: list, hidden: hidden)
            }
            (counted, plain) = (query(list, hidden), query(nil, nil))
        }
    }

    private static let pairs = [
        Pair(
            LongList("by_id", of: "things", by: "owner", order: .id("id")), Columns("id"),
            by: "things_by_id", where: "owner = ?1", hasOwner: true,
            key: { _, id, _ in [.text(id)] }),
        Pair(
            LongList("by_time", of: "things", by: "owner", order: .time("at", id: "id")),
            Columns("at", "id"), by: "things_by_time", where: "owner = ?1", hasOwner: true,
            key: { _, id, at in [.int(at), .text(id)] }),
        Pair(
            LongList(
                "shown", of: "things", where: .init("shown", "> 0"), order: .number("number")),
            Columns("number"), by: "shown_things", where: "shown > 0", hasOwner: false,
            key: { number, _, _ in [.int(number)] }),
        Pair(
            LongList("visible", of: "things", by: "owner", order: .time("at", id: "id")),
            Columns("at", "id"), by: "things_by_time", where: "owner = ?1 AND shown < 3",
            hidden: SQL("SELECT count(*) FROM things WHERE owner = ?1 AND shown = 3"),
            hasOwner: true, key: { _, id, at in [.int(at), .text(id)] }),
    ]

    private static let things = Migration(
        "things",
        """
        CREATE TABLE things (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, owner TEXT,
            at INTEGER NOT NULL, shown INTEGER NOT NULL) STRICT;
        CREATE INDEX things_by_id ON things (owner, id, shown);
        CREATE INDEX things_by_time ON things (owner, at, id, shown);
        CREATE INDEX shown_things ON things (number) WHERE shown > 0;
        """)
    private static let lists = Migration(
        "lists", LongList.schema + pairs.map(\.list.counting).joined())

    private func change(_ random: SeededRandom, _ step: Int, in tx: Transaction) throws {
        let owner: Value = random.below(8) == 0 ? .null : .text(random.below(4) == 0 ? "b" : "a")
        // Most come in order, as they do in practice.
        let place = random.below(3) == 0 ? random.below(1_000_000) : 2_000_000 + step
        let shown = Value.int([0, 1, 1, 2, 3][random.below(random.below(20) == 0 ? 5 : 4)])
        let any = "(SELECT number FROM things WHERE number >= ?1 ORDER BY number LIMIT 1)"
        switch random.below(10) {
        case 0...5:
            try tx.execute(
                "INSERT OR IGNORE INTO things VALUES (?1, ?2, ?3, ?4, ?5)", .int(place),
                .text("t\(place % 1_000)-\(place)"), owner, .int(place / 3), shown)
        case 6...7:
            try tx.execute(
                SQL("DELETE FROM things WHERE number = \(SQL(text: any))"), .int(place))
        case 8:
            try tx.execute(
                SQL("UPDATE things SET owner = ?2 WHERE number = \(SQL(text: any))"),
                .int(place), owner)
        default:
            try tx.execute(
                SQL("UPDATE things SET shown = ?2 WHERE number = \(SQL(text: any))"),
                .int(place), shown)
        }
    }

    private func compare(_ database: Database, _ random: SeededRandom) throws {
        try database.read { db in
            for pair in Self.pairs {
                let values: [Value] = pair.hasOwner ? [.text(random.below(3) == 0 ? "b" : "a")] : []
                func key() throws -> [Value]? {
                    guard random.below(2) == 0 else { return nil }
                    return try db.row(
                        """
                        SELECT number, id, at FROM things WHERE number >= ?1
                        ORDER BY number LIMIT 1
                        """, .int(random.below(2_003_000))
                    ) { pair.key(Int($0.int(0)), $0.text(1), Int($0.int(2))) }
                }
                let range = KeyRange(from: try key(), before: try key())
                let request = PageRequest(page: 1 + random.below(20), size: 1 + random.below(15))
                let one = try db.page(pair.counted, request, within: range, values: values) {
                    $0.int(0)
                }
                let two = try db.page(pair.plain, request, within: range, values: values) {
                    $0.int(0)
                }
                #expect(one.items == two.items && one.total == two.total, "\(pair.list)")
            }
            let longest = try db.row("SELECT max(rows) FROM list_parts WHERE list > ''") {
                $0.int(0)
            }
            #expect(longest ?? 0 < 10)
        }
    }

    @Test(arguments: [UInt64(1), 2, 3])
    func `a list counted in parts equals a counted one, whatever was written`(
        _ seed: UInt64
    ) async throws {
        let folder = try TemporaryFolder()
        let random = SeededRandom(seed: seed)
        // What was there before the counts is counted as well.
        let before = try openDatabase(folder, [Self.things])
        try await before.write { tx in
            for step in 0..<100 { try change(random, step, in: tx) }
        }
        before.close()
        let database = try openDatabase(folder, [Self.things, Self.lists])
        for round in 0..<60 {
            try await database.write { tx in
                for step in 0..<30 { try change(random, 100 + round * 30 + step, in: tx) }
            }
            for _ in 0..<5 { try compare(database, random) }
        }
        let parts = try database.read { db in
            try db.row("SELECT count(*) FROM list_parts") { $0.int(0) }
        }
        #expect(parts ?? 0 > 100)
    }

    @Test func `rows in ascending, descending and random order leave parts of a bounded size`()
        async throws
    {
        let folder = try TemporaryFolder()
        let database = try openDatabase(folder, [Self.things, Self.lists])
        for order in ["i", "-i + 10000", "(i * 7919) % 10007"] {
            try await database.write { tx in
                try tx.execute("DELETE FROM things")
                try tx.execute(
                    SQL(
                        """
                        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n
                            WHERE i < 1000)
                        INSERT INTO things SELECT \(SQL(text: order)), printf('%06d', \
                            \(SQL(text: order))), 'a', \(SQL(text: order)), 1 FROM n
                        """))
            }
            let sizes = try database.read { db in
                try db.row("SELECT count(*), max(rows) FROM list_parts WHERE list = 'by_id'") {
                    ($0.int(0), $0.int(1))
                }
            }
            let (parts, most) = try #require(sizes)
            #expect(most < 10 && (100...200).contains(parts), "\(order)")
        }
    }

    @Test func `a page far back passes one part, and counts nothing`() async throws {
        let folder = try TemporaryFolder()
        let database = try openDatabase(folder, [Self.things, Self.lists])
        try await database.write { tx in
            _ = try tx.execute(
                """
                WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
                INSERT INTO things SELECT i, printf('%06d', i), 'a', i, 1 FROM n
                """)
        }
        try database.read { db in
            let plan = PlanReader(db)
            let page = try plan.page(
                Self.pairs[1].counted, PageRequest(page: 90, size: 10), .text("a")
            ) { $0.int(0) }
            #expect(page.items == Array((101...110).reversed()) && page.total == 1_000)
            #expect(
                plan.steps.map(\.detail) == [
                    "SEARCH list_parts USING PRIMARY KEY (list=? AND holder=?)",
                    "CO-ROUTINE page",
                    "SEARCH things USING COVERING INDEX things_by_time "
                        + "(owner=? AND (at,id)<(?,?))",
                    "SCAN page", "SEARCH r USING INTEGER PRIMARY KEY (rowid=?)",
                    "USE TEMP B-TREE FOR ORDER BY",
                ])
        }
    }
}
