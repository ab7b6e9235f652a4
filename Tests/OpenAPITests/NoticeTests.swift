import Contract
import EntitiesContract
import GatewayContract
import IntegrationsContract
import InvitationsContract
import OrganizationsContract
import TestSupport
import Testing

@testable import OpenAPI

@Suite struct NoticeTests {
    @Test func `every event that a webhook can name is described, and no other`() throws {
        let document = try World.document()
        guard case .object(let webhooks)? = document["webhooks"] else {
            Issue.record("there are no webhooks")
            return
        }
        #expect(Set(webhooks.keys) == Set(InvitationEvents.all + WorkspaceEvents.all))
        for (type, item) in webhooks {
            let content = item.at("post", "requestBody", "content", "application/json")
            #expect(content?.at("example", "type")?.string == type)
            let reference = content?.at("schema", "$ref")?.string ?? ""
            let name = String(reference.split(separator: "/").last ?? "")
            #expect(document.at("components", "schemas", name) != nil)
            let fields = item.at("post", "parameters")?.items.compactMap { $0["name"]?.string }
            #expect(fields == ["webhook-id", "webhook-timestamp", "webhook-signature"])
        }
    }

    @Test func `the page describes the same events`() throws {
        let page = try World.page()
        for type in InvitationEvents.all + WorkspaceEvents.all {
            #expect(page.contains("id=\"event-\(type)\""))
        }
        #expect(page.contains("href=\"#messages\""))
        #expect(page.contains("id=\"object-InvitationEventData\""))
        #expect(page.contains("id=\"object-WorkspaceMemberEventData\""))
    }

    @Test func `webhooks can name the types of all contexts' events, and no others`() {
        let changes =
            GatewayChange.catalog + EntityChange.catalog + OrganizationChange.catalog
            + IntegrationChange.catalog + InvitationChange.catalog + WorkspaceChange.catalog
            + WebhookChange.catalog
        #expect(Set(EventTypes.all) == Set(changes.filter(\.hasOwnEvent).map(\.type)))
        #expect(Set(EventTypes.all).count == EventTypes.all.count)
        #expect(EventTypes.matching(["*"]) == EventTypes.all)
        let shares = ["share.created", "share.removed", "share.passed_on"]
        #expect(EventTypes.matching(["share.*"]) == shares)
    }
}
