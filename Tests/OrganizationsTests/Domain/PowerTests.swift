import Testing

@testable import Organizations

@Suite struct PowerTests {
    private let member = Power.scopes(["entities:share", "entities:share_store"])
    private let publisher = Power.scopes(["entities:share_store"])

    @Test func `nobody covers more than he has`() {
        let ladder = [Power.owner, .admin, member, publisher, .scopes([])]
        for (place, power) in ladder.enumerated() {
            for (other, power2) in ladder.enumerated() {
                #expect(power.covers(power2) == (place <= other), "\(power) \(power2)")
            }
        }
    }

    @Test func `roles with different scopes cover neither the other`() {
        let writer = Power.scopes(["org:write"])
        #expect(!writer.covers(publisher) && !publisher.covers(writer))
    }

    @Test func `owners and admins have every scope, others what their role lists`() {
        #expect(Power.owner.has("org:settings") && Power.admin.has("org:settings"))
        #expect(publisher.has("entities:share_store") && !publisher.has("org:settings"))
    }
}
