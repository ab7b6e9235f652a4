import OrganizationsContract
import Testing

@testable import Organizations

@Suite struct PowerTests {
    private let member = Power.scopes([.entitiesShare, .entitiesShareStore])
    private let publisher = Power.scopes([.entitiesShareStore])

    @Test func `a power covers itself and lesser ones only`() {
        let ladder = [Power.owner, .admin, member, publisher, .scopes([])]
        for (place, power) in ladder.enumerated() {
            for (other, power2) in ladder.enumerated() {
                #expect(power.covers(power2) == (place <= other), "\(power) \(power2)")
            }
        }
    }

    @Test func `roles with different scopes don't cover each other`() {
        let writer = Power.scopes([.orgWrite])
        #expect(!writer.covers(publisher) && !publisher.covers(writer))
    }

    @Test func `owners and admins have every scope, others those that their role lists`() {
        #expect(Power.owner.has(.orgSettings) && Power.admin.has(.orgSettings))
        #expect(publisher.has(.entitiesShareStore) && !publisher.has(.orgSettings))
    }
}
