import Kernel
import SQLite
import TestSupport
import Testing

struct ReadTests {
    @Test func `a read sees one snapshot of committed data`() async throws {
        let folder = try TemporaryFolder()
        let database = try openDatabase(folder)
        try await database.add(1)
        let gate = Gate()
        async let held: Void = database.write {
            try $0.execute("INSERT INTO items (id) VALUES (2)")
            gate.pass()
        }
        #expect(await gate.reached())
        #expect(try database.count() == 1, "not yet committed")
        let inside = try database.read { reader in
            let before = try reader.row("SELECT count(*) FROM items") { $0.int(0) }
            gate.open()
            let other = ForeignConnection(folder.database)
            blockUntil { other.int("SELECT count(*) FROM items") != 1 }
            let after = try reader.row("SELECT count(*) FROM items") { $0.int(0) }
            return (before, after, try database.count())
        }
        try await held
        #expect(inside.0 == 1)
        #expect(inside.1 == 1, "the snapshot stands")
        #expect(inside.2 == 1, "also for a read within the read")
        #expect(try database.count() == 2)
    }

    @Test func `parallel readers never see half of a write`() async throws {
        let folder = try TemporaryFolder()
        let database = try openDatabase(folder)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for id in 0..<100 {
                    try await database.write {
                        try $0.execute("INSERT INTO items (id) VALUES (?)", .int(2 * id))
                        try $0.execute("INSERT INTO items (id) VALUES (?)", .int(2 * id + 1))
                    }
                }
            }
            for _ in 0..<3 {
                group.addTask {
                    for _ in 0..<200 {
                        let count = try database.count()
                        #expect(count % 2 == 0)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try database.count() == 200)
    }

    @Test func `every value survives a round trip`() async throws {
        let folder = try TemporaryFolder()
        let table = Migration(
            "values",
            "CREATE TABLE v (id INTEGER PRIMARY KEY, t TEXT, i INTEGER, r REAL, b BLOB) STRICT")
        let database = try openDatabase(folder, [table])
        let now = Timestamp(milliseconds: 1_790_000_000_123)
        try await database.write {
            let sql: SQL = "INSERT INTO v VALUES (?, ?, ?, ?, ?)"
            try $0.execute(sql, .int(1), .text(""), .int(Int.min), .real(-0.5), .blob([]))
            try $0.execute(
                sql, .int(2), .text("a\u{0}é€😀"), .int(Int.max), .real(1e300), .blob([0, 255]))
            try $0.execute(sql, .int(3), .null, .null, .null, .null)
            try $0.execute(sql, .int(4), .text(nil), .bool(true), .null, .null)
            try $0.execute(sql, .int(5), .null, .time(now), .null, .null)
        }
        try database.read { reader in
            let rows = try reader.rows("SELECT t, i, r, b FROM v ORDER BY id") { row in
                (row.textOrNil(0), row.intOrNil(1), row.real(2), row.isNull(3), row.blob(3))
            }
            #expect(rows[0].0 == "" && rows[0].1 == .min && rows[0].2 == -0.5)
            #expect(!rows[0].3 && rows[0].4 == [])
            #expect(rows[1].0 == "a\u{0}é€😀" && rows[1].1 == .max && rows[1].2 == 1e300)
            #expect(rows[1].4 == [0, 255])
            #expect(rows[2].0 == nil && rows[2].1 == nil && rows[2].3)
            #expect(rows[3].0 == nil && rows[3].1 == 1)
            let time = try reader.row("SELECT i FROM v WHERE id = 5") { $0.time(0) }
            #expect(time == now)
        }
    }

    @Test func `a list of ids is one parameter`() async throws {
        let folder = try TemporaryFolder()
        let database = try openDatabase(folder) {
            $0.forbidTableScans = true
            // Each new item looks for parts that waited for it.
            $0.smallTables = ["parts"]
        }
        for id in 1...5 { try await database.add(id, name: "n\(id)") }
        let names = try database.read {
            try $0.rows(
                """
                SELECT items.name FROM json_each(?1) AS list
                JOIN items ON items.id = list.value ORDER BY items.id
                """, .text("[4,2,99]")
            ) { $0.text(0) }
        }
        #expect(names == ["n2", "n4"])
    }

    @Test func `a statement may run inside its own rows`() async throws {
        let folder = try TemporaryFolder()
        let database = try openDatabase(folder)
        for id in 1...3 { try await database.add(id) }
        let sql: SQL = "SELECT id FROM items WHERE id > ? ORDER BY id"
        let pairs = try database.read { reader in
            try reader.rows(sql, .int(0)) { outer in
                try reader.rows(sql, .int(outer.int(0))) { $0.int(0) }
            }
        }
        #expect(pairs == [[2, 3], [3], []])
    }

    @Test func `misuse throws and does no harm`() async throws {
        let folder = try TemporaryFolder()
        let database = try openDatabase(folder)
        #expect(
            await kind { try database.read { try $0.row("SELECT ?", map: { $0.int(0) }) } }
                == .misuse, "too few values")
        #expect(
            await kind { try database.read { try $0.row("SELECT 1", .int(1)) { $0.int(0) } } }
                == .misuse, "too many values")
        #expect(
            await kind {
                try await database.write { _ in try database.count() }
            } == .misuse, "read inside write")
        #expect(
            await kind { try database.read { try $0.row("DELETE FROM items") { $0.int(0) } } }
                == .readOnly, "a write in a read")
        #expect(
            await kind { try database.read { try $0.row("SELEC", map: { $0.int(0) }) } }
                == .other, "no SQL")
        try await database.add(1)
        #expect(try database.count() == 1)
    }

    @Test func `a transaction can't be used outside its closure`() async throws {
        let folder = try TemporaryFolder()
        let database = try openDatabase(folder)
        let escaped = Escaped()
        try await database.write { escaped.transaction = $0 }
        let transaction = try #require(escaped.transaction)
        #expect(
            await kind { try transaction.execute("INSERT INTO items (id) VALUES (9)") } == .misuse)
        try database.read { escaped.reader = $0 }
        let reader = try #require(escaped.reader)
        #expect(await kind { try reader.row("SELECT 1") { $0.int(0) } } == .misuse)
        #expect(try database.count() == 0)
    }

    @Test func `a body that ends the transaction loses its write`() async throws {
        let folder = try TemporaryFolder()
        let database = try openDatabase(folder)
        for sql in ["COMMIT", "ROLLBACK"] as [SQL] {
            let failed = await kind {
                try await database.write {
                    try $0.execute("INSERT INTO items (id) VALUES (1)")
                    try $0.execute(sql)
                }
            }
            #expect(failed != nil, "\(sql)")
        }
        try await database.add(5)
    }

    @Test(arguments: [
        ("INSERT INTO items (id) VALUES (1)", DatabaseError.Kind.uniqueViolation),
        ("INSERT INTO items (id, name) VALUES (2, 'a')", .uniqueViolation),
        ("INSERT INTO items (id) VALUES ('x')", .constraint),
        ("INSERT INTO parts (id, item) VALUES (1, NULL)", .constraint),
        ("INSERT INTO parts (id, item) VALUES (1, 2)", .foreignKeyViolation),
    ])
    func `a constraint violation is reported by its kind`(sql: String, expected: DatabaseError.Kind)
        async throws
    {
        let folder = try TemporaryFolder()
        let database = try openDatabase(folder)
        try await database.add(1, name: "a")
        let found = await kind {
            try await database.write { transaction in
                switch sql {
                case "INSERT INTO items (id) VALUES (1)":
                    try transaction.execute("INSERT INTO items (id) VALUES (1)")
                case "INSERT INTO items (id, name) VALUES (2, 'a')":
                    try transaction.execute("INSERT INTO items (id, name) VALUES (2, 'a')")
                case "INSERT INTO items (id) VALUES ('x')":
                    try transaction.execute("INSERT INTO items (id) VALUES ('x')")
                case "INSERT INTO parts (id, item) VALUES (1, NULL)":
                    try transaction.execute("INSERT INTO parts (id, item) VALUES (1, NULL)")
                default: try transaction.execute("INSERT INTO parts (id, item) VALUES (1, 2)")
                }
            }
        }
        #expect(found == expected, "\(sql)")
    }
}

/// What a test smuggles out of a closure.
private final class Escaped: @unchecked Sendable {  // read after the closure
    var transaction: Transaction?
    var reader: Reader?
}
