import TestSupport
import Testing

@testable import Integrations

@Suite struct ExportTests {
    @Test func `every table with users is exported, or left with a reason`() throws {
        try ExportTrial.expectComplete(ExportedData.all, migrations: integrationsMigrations)
    }
}
