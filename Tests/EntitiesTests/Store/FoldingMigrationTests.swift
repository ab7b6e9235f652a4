import Kernel
import SQLite
import TestSupport
import Testing

@testable import Entities

/// Rows from before names were folded.
@Suite struct FoldingMigrationTests {
    @Test func `the migration makes old entities searchable by folded text`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/entities.sqlite"
        let former = entitiesMigrations.prefix { $0.name != "entities are searched by folded text" }
        #expect(former.count < entitiesMigrations.count)
        let before = try Database(
            path: path, migrations: Array(former), readers: 0, clock: FakeClock())
        _ = try await before.write { tx in
            try tx.execute(
                """
                INSERT INTO entities
                    (id, name, slug, type, owner_id, created_at, updated_at, search_text)
                VALUES ('ent_1', 'Große Straße', 'gross', 'app', 'usr_1', 0, 0,
                    'große straße' || char(10) || 'gross')
                """)
        }
        before.close()
        let database = try Database(
            path: path, migrations: entitiesMigrations, readers: 0, clock: FakeClock())
        defer { database.close() }
        #expect(
            try database.read {
                try $0.rows("SELECT search_text FROM entities") { $0.text(0) }
            } == ["grosse strasse\ngross"])
    }
}
