import Testing

@testable import Entities

@Suite struct AccessStepTests {
    @Test func `the hierarchy has this order and these names`() {
        #expect(
            AccessStep.allCases.sorted().map(\.rawValue) == [
                "publisher", "direct_share", "organization_store", "public_store", "collaborator",
            ])
    }
}
