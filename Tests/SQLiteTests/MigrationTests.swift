import Kernel
import SQLite
import TestSupport
import Testing

/// Which steps a database has had, and that no other program opens it.
struct MigrationTests {
    private let more = Migration("more", "CREATE TABLE more (id INTEGER PRIMARY KEY) STRICT")
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// One line for each step that is recorded.
    private func recorded() throws -> [String] {
        let database = try openDatabase(folder, [items, more])
        defer { database.close() }
        return try database.read { db in
            try db.rows("SELECT number, name, digest, applied_at FROM migrations ORDER BY number") {
                "\($0.int(0)) \($0.text(1)) \($0.text(2)) \($0.intOrNil(3).map(String.init) ?? "-")"
            }
        }
    }

    private func failure(_ steps: [Migration]) -> DatabaseError? {
        caught(DatabaseError.self) { try openDatabase(folder, steps).close() }
    }

    @Test func `each step is recorded with its digest and its time`() throws {
        let clock = FakeClock()
        let first = clock.now().milliseconds
        try openDatabase(folder, clock: clock).close()
        clock.advance(seconds: 60)
        try openDatabase(folder, [items, more], clock: clock).close()
        #expect(
            try recorded() == [
                "1 items \(items.digest) \(first)", "2 more \(more.digest) \(first + 60_000)",
            ])
    }

    @Test func `a database with other migration steps is refused unchanged`()
        throws
    {
        try openDatabase(folder, [items, more]).close()
        let before = try recorded()
        let other = Migration("more", more.sql + "; CREATE INDEX by_name ON items (name)")
        let refused = try #require(failure([items, other]))
        #expect(refused.kind == .differentSchema)
        #expect(refused.message.contains("step 2 of the schema is more (\(more.digest.prefix(12))"))
        // Also if a step of the program is still to come.
        let last = Migration("last", "CREATE TABLE last (id INTEGER PRIMARY KEY) STRICT")
        #expect(failure([more, items])?.kind == .differentSchema)
        #expect(failure([items, other, last])?.kind == .differentSchema)
        // And if it is the first one alone.
        let first = Migration("items", items.sql + "; CREATE INDEX by_data ON items (data)")
        #expect(failure([first, more])?.kind == .differentSchema)
        #expect(try recorded() == before)
        #expect(ForeignConnection(folder.database).int("PRAGMA user_version") == 2)
    }

    @Test func `a database from before steps were recorded gets their names`() throws {
        try openDatabase(folder).close()
        #expect(ForeignConnection(folder.database).run("DROP TABLE migrations") == 0)
        let clock = FakeClock()
        try openDatabase(folder, [items, more], clock: clock).close()
        #expect(
            try recorded() == [
                "1 items \(items.digest) -",
                "2 more \(more.digest) \(clock.now().milliseconds)",
            ])
        // From now on it is held to them.
        #expect(failure([more, items])?.kind == .differentSchema)
    }

    /// An older program may have run a step after a newer one had made the table.
    @Test func `a step that was not recorded is recorded at the next start`() throws {
        try openDatabase(folder, [items, more]).close()
        let other = ForeignConnection(folder.database)
        #expect(other.run("DELETE FROM migrations WHERE number = 2") == 0)
        #expect(try recorded().map { $0.prefix(7) } == ["1 items", "2 more "])
    }

    @Test func `a record of more steps than the schema has is refused`() throws {
        try openDatabase(folder, [items, more]).close()
        #expect(ForeignConnection(folder.database).run("PRAGMA user_version = 1") == 0)
        #expect(failure([items, more])?.kind == .differentSchema)
    }

    @Test func `a step that fails is not recorded`() throws {
        let broken = Migration("broken", "CREATE TABLE half (id INTEGER) STRICT; INSERT nowhere;")
        #expect(failure([items, broken])?.message.hasPrefix("migration 2 (broken): ") == true)
        let count = ForeignConnection(folder.database).int("SELECT count(*) FROM migrations")
        #expect(count == 1)
        #expect(try recorded().count == 2)
    }

    @Test func `the name of a step can change`() throws {
        try openDatabase(folder, [items, more]).close()
        let renamed = Migration("one table more", more.sql)
        #expect(failure([items, renamed]) == nil)
    }

    private func digest(_ sql: String) -> String { Migration("", sql).digest }

    @Test func `a digest is the SHA-256 of the statements`() {
        #expect(
            digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test(arguments: [
        " a  b\n\tc ", "a b c", "a -- what\nb c -- why", "a /* what */ b/**/c", "--x\na b c",
        "a b c --", "a b c /* not ended", "a b c--",
    ])
    func `comments and white space don't count`(_ sql: String) {
        #expect(digest(sql) == digest("a b c"))
    }

    @Test(arguments: [
        ("a b", "ab"), ("'a  b'", "'a b'"), ("'a--b'", "'a"), ("'a -- b'\nc", "'a -- d'\nc"),
        ("'it''s -- b'", "'it''s -- c'"), ("\"a  b\"", "\"a b\""), ("[a  b]", "[a b]"),
        ("`a  b`", "`a b`"), ("a - b", "a b"), ("a / b", "a b"), ("'a /* b */'", "'a '"),
        ("A", "a"), ("'not ended  a", "'not ended a"), ("", "''"),
    ])
    func `everything else changes the digest, string literals included`(
        _ one: String, _ other: String
    ) {
        #expect(digest(one) != digest(other))
    }

    @Test func `changed, new and removed steps are distinguished`() {
        #expect(complaints(about: [items, more], [items.digest, more.digest]) == [])
        let changed = complaints(about: [items, more], [items.digest, items.digest])
        #expect(changed.count == 1 && changed[0].hasPrefix("Step 2 of the schema (more) has"))
        let added = complaints(about: [items, more], [items.digest])
        #expect(
            added.count == 1 && added[0].hasSuffix("// more\n    \"\(more.digest)\",")
        )
        let gone = complaints(about: [items], [items.digest, more.digest])
        #expect(gone.count == 1 && gone[0].contains(more.digest))
    }
}
