import Kernel
import SQLite
import TestSupport
import Testing

@testable import Organizations

/// Rows from before names were folded.
@Suite struct FoldingMigrationTests {
    @Test func `the migration makes names found and unique by folded text, and loses no role`()
        async throws
    {
        let folder = try TemporaryFolder()
        let path = folder.path + "/organizations.sqlite"
        let former = organizationsMigrations.prefix {
            $0.name != "names are compared by folded text"
        }
        #expect(former.count < organizationsMigrations.count)
        let before = try Database(
            path: path, migrations: Array(former), readers: 0, clock: FakeClock())
        _ = try await before.write { tx in
            try tx.execute(
                """
                INSERT INTO organizations
                    (id, name, slug, created_at, search_text, npm_registry_key)
                VALUES ('org_1', 'Große Straße', 'gross', 0,
                    'große straße' || char(10) || 'gross', x'00')
                """)
            try tx.execute(
                """
                INSERT INTO roles VALUES ('rol_1', 'org_1', 'Owner', 'owner', 'owner', '[]'),
                    ('rol_2', 'org_1', 'Straße', 'straße', NULL, '[]'),
                    ('rol_3', 'org_1', 'STRASSE', 'strasse', NULL, '[]'),
                    ('rol_4', 'org_1', 'ΌΣΟΣ', 'όσος', NULL, '[]')
                """)
        }
        before.close()
        let database = try Database(
            path: path, migrations: organizationsMigrations, readers: 0, clock: FakeClock())
        defer { database.close() }
        #expect(
            try database.read {
                try $0.rows("SELECT search_text FROM organizations") { $0.text(0) }
            } == ["grosse strasse\ngross"])
        #expect(
            try database.read {
                try $0.rows("SELECT folded_name FROM roles ORDER BY id") { $0.text(0) }
            } == ["owner", "straße", "strasse", "όσοσ"])
    }
}
