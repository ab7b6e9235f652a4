import Kernel
import SQLite
import TestSupport
import Testing
import WriteKit

/// Counters that triggers keep, and what is refused by them.
@Suite struct QuotaTests {
    private static let things = """
        CREATE TABLE parents (id TEXT PRIMARY KEY) STRICT;
        CREATE TABLE things (
            id TEXT PRIMARY KEY,
            made_by TEXT,
            parent_id TEXT REFERENCES parents ON DELETE CASCADE
        ) STRICT;
        CREATE INDEX things_of_parent ON things (parent_id);
        INSERT INTO parents VALUES ('p'), ('q');
        INSERT INTO things VALUES ('old-1', 'ada', 'p'), ('old-2', 'ada', 'p'),
            ('old-3', NULL, 'q');
        """

    private let database: Database
    private let folder: TemporaryFolder
    private let made = Quota("things", "things made by one user", limit: 3, relief: "Make fewer")

    init() throws {
        folder = try TemporaryFolder()
        var options = DatabaseOptions()
        options.forbidTableScans = true
        database = try Database(
            path: folder.path + "/quotas.sqlite",
            migrations: [
                Migration("things", Self.things),
                Migration(
                    "quotas",
                    QuotaUsage.schema + QuotaUsage.counting("things", in: "things", by: "made_by")
                        + QuotaUsage.counting("children", in: "things", by: "parent_id")),
            ], readers: 0, clock: FakeClock(), options: options)
    }

    private func used(_ quota: String) throws -> [String: Int] {
        let rows = try database.read { db in
            try db.rows("SELECT holder, used FROM quota_usage WHERE quota = ?1", .text(quota)) {
                ($0.text(0), Int($0.int(1)))
            }
        }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    private func insert(_ id: String, by maker: String?, in parent: String = "p") async throws {
        _ = try await database.write { tx in
            try tx.execute(
                "INSERT INTO things VALUES (?1, ?2, ?3)", .text(id), .text(maker), .text(parent))
        }
    }

    @Test func `quota counters follow inserts, updates and deletes`() async throws {
        #expect(try used("things") == ["ada": 2])
        #expect(try used("children") == ["p": 2, "q": 1])
        try await insert("a", by: "ada")
        try await insert("b", by: "bob", in: "q")
        try await insert("c", by: nil, in: "q")
        #expect(try used("things") == ["ada": 3, "bob": 1])
        #expect(try used("children") == ["p": 3, "q": 3])
        try await database.write { tx in
            try tx.execute("UPDATE things SET made_by = 'bob' WHERE id = 'a'")
            try tx.execute("UPDATE things SET made_by = NULL WHERE id = 'b'")
            try tx.execute("UPDATE things SET made_by = 'cyd' WHERE id = 'c'")
            try tx.execute("UPDATE things SET made_by = 'ada' WHERE id = 'old-1'")
        }
        #expect(try used("things") == ["ada": 2, "bob": 1, "cyd": 1])
        // Cascades too; nobody has a row who has nothing.
        _ = try await database.write { tx in try tx.execute("DELETE FROM parents WHERE id = 'p'") }
        #expect(try used("things") == ["cyd": 1] && used("children") == ["q": 3])
    }

    @Test func `a quota allows up to its limit, or all without one`() async throws {
        func refusal(_ quota: Quota, _ holder: String, besides others: Int = 0) -> Fault? {
            fault {
                try database.read { try quota.check(for: holder, besides: others, in: $0) }
            }
        }
        #expect(refusal(made, "ada") == nil && refusal(made, "nobody") == nil)
        #expect(refusal(made, "ada", besides: 1)?.code == "quota_exceeded")
        try await insert("a", by: "ada")
        let refused = try #require(refusal(made, "ada"))
        #expect(refused.kind == .conflict && refused.code == "quota_exceeded")
        #expect(refused.detail.contains("3 things made by one user"))
        #expect(refused.detail.contains("Make fewer"))
        #expect(refused.members == ["quota": "things", "limit": "3"])
        #expect(refusal(made, "bob") == nil)
        var without = made
        without.limit = 0
        #expect(refusal(without, "ada") == nil)
        #expect(throws: Never.self) { try without.check(used: 1_000_000) }
        #expect(throws: Never.self) { try made.check(used: 2) }
        #expect(throws: Fault.self) { try made.check(used: 3) }
    }
}
