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
            let fields = item.at("post", "parameters")?.items.compactMap { $0["$ref"]?.string }
            let names = ["webhook-id", "webhook-timestamp", "webhook-signature"]
            #expect(fields == names.map { "#/components/parameters/\($0)" })
        }
    }

    @Test func `the page of messages describes the same events`() throws {
        let pages = try World.texts()
        for type in InvitationEvents.all + WorkspaceEvents.all {
            #expect(pages["messages"]?.contains("id=\"event-\(type)\"") == true)
        }
        for name in ["InvitationEventData", "WorkspaceMemberEventData"] {
            #expect(pages["objects"]?.contains("<h2 id=\"\(name)\">") == true)
        }
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
