import SQLite
import TestSupport
import Testing

@testable import Entities

@Suite struct ExportTests {
    @Test func `every table with users is exported, or left with a reason`() throws {
        let folder = try TemporaryFolder()
        // A section that reads a whole table fails.
        var options = DatabaseOptions()
        options.forbidTableScans = true
        let path = folder.path + "/x.sqlite"
        let database = try Database(
            path: path, migrations: entitiesMigrations, readers: 0, clock: FakeClock(),
            options: options)
        let rows = try ExportTrial.rows(of: "usr_1", ExportedData.all, in: database)
        let isEmpty = rows.values.allSatisfy { $0.isEmpty }
        #expect(isEmpty)
        database.close()
        let open = try Database(
            path: path, migrations: entitiesMigrations, readers: 0, clock: FakeClock())
        try ExportTrial.expectComplete(ExportedData.all, of: open)
        open.close()
    }
}
