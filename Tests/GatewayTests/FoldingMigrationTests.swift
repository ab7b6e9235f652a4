import Kernel
import SQLite
import TestSupport
import Testing

@testable import Gateway

/// Rows written before names were folded.
@Suite struct FoldingMigrationTests {
    @Test func `users are found by folded text`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/gateway.sqlite"
        let former = gatewayMigrations.prefix { $0.name != "users are searched by folded text" }
        #expect(former.count < gatewayMigrations.count)
        let before = try Database(
            path: path, migrations: Array(former), readers: 0, clock: FakeClock())
        _ = try await before.write { tx in
            try tx.execute(
                """
                INSERT INTO users (id, email, username, display_name, role, created_at)
                VALUES ('usr_1', 'ada@example.com', 'ada', 'Große Straße', 'member', 0)
                """)
        }
        before.close()
        let database = try Database(
            path: path, migrations: gatewayMigrations, readers: 0, clock: FakeClock())
        defer { database.close() }
        let found = try database.read { try UserStore.page("STRASSE", PageRequest(), in: $0) }
        #expect(found.items.map(\.id) == ["usr_1"])
    }
}
