import Kernel
import SQLite
import Testing

/// SQL that is put together, and lists that are read in pages.
@Suite struct PagedQueryTests {
    private static let columns = Columns("number", "owner", "name")
    private static let ofOwner = PagedQuery(
        "\(columns, of: "r")", from: "things", key: Columns("number"), by: "things_of_owner",
        where: "owner = ?1 AND (?2 IS NULL OR number > ?2)", newestFirst: Columns("number"))
    private static let kept = PagedQuery(
        "\(columns, of: "r"), o.title", from: "things", key: Columns("number"),
        joining: "CROSS JOIN owners o ON o.id = r.owner", by: "things_of_owner",
        where: "owner = ?1", count: SQL("SELECT things FROM owners WHERE id = ?1"))
    private static let insertion = columns.insert(into: "things")
    private static let byName = SQL("SELECT \(columns) FROM things WHERE name = ?1")

    private static let schema = Migration(
        "things",
        """
        CREATE TABLE owners (id TEXT PRIMARY KEY, title TEXT, things INTEGER) STRICT;
        CREATE TABLE things (number INTEGER PRIMARY KEY, owner TEXT, name TEXT) STRICT;
        CREATE INDEX things_of_owner ON things (owner, number);
        """)

    /// Seven things of `a`, with the numbers 1 to 7, and one of `b`.
    private func database(_ folder: TemporaryFolder) async throws -> Database {
        let database = try openDatabase(folder, [Self.schema]) { $0.forbidTableScans = true }
        try await database.write { tx in
            try tx.execute("INSERT INTO owners VALUES ('a', 'Ada', 70)")
            for number in 1...8 {
                try tx.execute(
                    Self.insertion, .int(number), .text(number == 8 ? "b" : "a"),
                    .text("thing \(number)"))
            }
        }
        return database
    }

    @Test(arguments: [
        (1, 3, [7, 6, 5]), (2, 3, [4, 3, 2]), (3, 3, [1]), (4, 3, []),
        (1, 100, [7, 6, 5, 4, 3, 2, 1]),
    ])
    func `a page has its rows newest first, and the number of all`(
        number: Int, size: Int, expected: [Int]
    ) async throws {
        let folder = try TemporaryFolder()
        let page = try await database(folder).read { db in
            try db.page(
                Self.ofOwner, PageRequest(page: number, size: size), .text("a"), .null
            ) { Int($0.int(0)) }
        }
        #expect(page.items == expected)
        #expect(page.total == 7 && page.request.page == number)
    }

    @Test func `rows and their number meet the same condition`() async throws {
        let folder = try TemporaryFolder()
        let page = try await database(folder).read { db in
            try db.page(Self.ofOwner, PageRequest(size: 2), .text("a"), .int(4)) { $0.text(2) }
        }
        #expect(page.items == ["thing 7", "thing 6"] && page.total == 3)
    }

    @Test func `a kept number is read, and joined columns follow the table's`() async throws {
        let folder = try TemporaryFolder()
        let page = try await database(folder).read { db in
            try db.page(Self.kept, PageRequest(size: 1), .text("a")) { ($0.text(2), $0.text(3)) }
        }
        #expect(page.items.first?.0 == "thing 7" && page.items.first?.1 == "Ada")
        #expect(page.total == 70)
    }

    @Test func `SQL with the same text is one statement, whenever it was made`() async throws {
        let folder = try TemporaryFolder()
        let database = try openDatabase(folder, [Self.schema])
        func look() throws {
            let sql = SQL("SELECT \(Self.columns) FROM things WHERE number = ?1")
            _ = try database.read { try $0.row(sql, .int(1)) { _ in true } }
        }
        try look()
        let before = database.statistics.cachedStatements
        for _ in 0..<5 { try look() }
        #expect(database.statistics.cachedStatements == before)
    }

    @Test func `SQL that reads a whole table is refused where tests forbid it`() async throws {
        let folder = try TemporaryFolder()
        let database = try await database(folder)
        #expect(throws: DatabaseError.self) {
            try database.read { try $0.row(Self.byName, .text("x")) { _ in true } }
        }
    }
}
