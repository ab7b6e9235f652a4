import EntitiesContract
import Testing

@testable import Entities

@Suite struct AccessStepTests {
    @Test func `the access hierarchy has a fixed order`() {
        #expect(
            AccessStep.allCases.sorted().map(\.rawValue) == [
                "publisher", "direct_share", "organization_store", "public_store", "collaborator",
            ])
    }
}
