import TestSupport
import Testing

@testable import Organizations

@Suite struct ExportTests {
    @Test func `every table with users is exported, or left with a reason`() throws {
        try ExportTrial.expectComplete(ExportedData.all, migrations: organizationsMigrations)
    }
}
