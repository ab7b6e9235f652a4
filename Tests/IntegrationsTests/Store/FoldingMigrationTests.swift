import Kernel
import SQLite
import TestSupport
import Testing

@testable import Integrations

/// Rows from before names were folded.
@Suite struct FoldingMigrationTests {
    @Test func `search finds integrations and teams from before by folded text`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/integrations.sqlite"
        let former = integrationsMigrations.prefix {
            $0.name != "names are searched by folded text"
        }
        #expect(former.count < integrationsMigrations.count)
        let before = try Database(
            path: path, migrations: Array(former), readers: 0, clock: FakeClock())
        _ = try await before.write { tx in
            try tx.execute(
                """
                INSERT INTO integrations
                    (id, slug, name, owner, created_at, updated_at, search_text)
                VALUES ('int_1', 'gross', 'Große Straße', 'usr_1', 0, 0,
                    'große straße' || char(10) || 'gross')
                """)
            try tx.execute(
                """
                INSERT INTO teams (id, name, created_at, search_text)
                VALUES ('osos', 'ΌΣΟΣ', 0, 'όσος' || char(10) || 'osos')
                """)
        }
        before.close()
        let database = try Database(
            path: path, migrations: integrationsMigrations, readers: 0, clock: FakeClock())
        defer { database.close() }
        #expect(
            try database.read {
                try $0.rows("SELECT search_text FROM integrations") { $0.text(0) }
            } == ["grosse strasse\ngross"])
        #expect(
            try database.read {
                try $0.rows("SELECT search_text FROM teams") { $0.text(0) }
            } == ["όσοσ\nosos"])
    }
}
