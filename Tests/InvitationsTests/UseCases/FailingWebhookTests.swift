import InvitationsContract
import Kernel
import TestSupport
import Testing

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

@Suite struct FailingWebhookTests {
    @Test func `webhooks that fail or were disabled are listed, others aren't`() async throws {
        let world = try World()
        let owner = world.user("ada")
        let entity = world.entity(by: owner)
        let fails = try await world.webhook(by: owner)
        #expect(try world.webhooks.listFailing(FailingWebhooksQuery()).webhooks.isEmpty)
        try await world.invite("a@example.com", to: entity, by: owner)
        _ = try await world.deliver(fails, .failed(reason: "connection refused"))
        let found = try world.webhooks.listFailing(FailingWebhooksQuery()).webhooks
        #expect(found.map(\.id) == [fails.id])
        #expect(found[0].failingSince != nil && found[0].pending == 1 && found[0].attempts == 1)
        #expect(found[0].lastError == "connection refused" && found[0].ownerId == owner.userId)
        #expect(!found[0].url.contains("secret") && found[0].url.hasSuffix("/…"))
        world.days(1)
        _ = try await world.deliver(fails)
        #expect(try world.webhooks.listFailing(FailingWebhooksQuery()).webhooks.isEmpty)
    }
}
