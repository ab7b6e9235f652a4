import InvitationsContract
import Kernel
import TestSupport
import Testing
import Webhooks

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

/// A delivery with its latest request and response.
@Suite struct DeliveryAPITests {
    @Test func `a delivery shows its request and response`() async throws {
        try await ServedInvitations.run { served in
            let ada = served.user("ada")
            let response = WebhookResponse(
                status: 200, headers: [WebhookResponse.Header("server", "x")],
                body: [0x61, 0xFF, 0xC3], isTruncated: true)
            served.receivers.set(ServedInvitations.hook, response)
            let id = try #require(try await served.webhook(by: ada)["id"]?.string)
            try await served.invite("b@example.com", to: served.entity(by: ada), by: ada)
            try await served.settleDeliveries()
            let listed = try #require(try await served.deliveries(of: id, by: ada).first)
            let event = try #require(listed["event_id"]?.string)
            let place = "GET /api/v1/webhooks/\(id)/deliveries/\(event)"
            let shown = try await served.send(place, as: ada)
            let sent = try #require(served.receivers.got.first?.message)
            #expect(listed.names.allSatisfy { shown.json?[$0] == listed[$0] })
            let request = shown.json?["request"]
            #expect(request?["url"]?.string == ServedInvitations.hook)
            #expect(request?["body"]?.string == String(decoding: sent.body, as: UTF8.self))
            let headers = request?["headers"]?.items.map {
                "\($0["name"]?.string ?? ""): \($0["value"]?.string ?? "")"
            }
            #expect(
                headers == [
                    "content-type: application/json", "user-agent: Latchkey-Webhooks",
                    "webhook-id: \(event)", "webhook-timestamp: \(sent.timestamp)",
                ])
            #expect(!shown.text.contains(sent.signature))
            let returned = shown.json?["response"]
            #expect(returned?["status"]?.int == 200 && returned?["is_truncated"]?.bool == true)
            #expect(returned?["body"]?.string == "a\u{FFFD}")
            #expect(returned?["headers"]?.items.first?["value"]?.string == "x")
            #expect(returned?["duration_ms"]?.int != nil)
            // With the tag, and without what lists would have to carry for it.
            let tag = try #require(shown.field("etag"))
            let again = try await served.send(place, as: ada, fields: ["If-None-Match: \(tag)"])
            #expect(again.status == 304)
            #expect(listed["request"] == nil)
        }
    }

    @Test func `without a response there is a request and the reason`() async throws {
        try await ServedInvitations.run { served in
            let ada = served.user("ada")
            served.receivers.set(ServedInvitations.hook, .failed(.timeout))
            let id = try #require(try await served.webhook(by: ada)["id"]?.string)
            try await served.invite("b@example.com", to: served.entity(by: ada), by: ada)
            let isTried = try await eventually {
                try await served.deliveries(of: id, by: ada).first?["attempts"]?.int == 1
            }
            #expect(isTried)
            let event = try #require(
                try await served.deliveries(of: id, by: ada).first?["event_id"]?.string)
            let shown = try await served.send(
                "GET /api/v1/webhooks/\(id)/deliveries/\(event)", as: ada)
            #expect(shown.json?["response"] == .null)
            #expect(shown.json?["request"]?["url"]?.string == ServedInvitations.hook)
            #expect(shown["last_error"] == WebhookFailure.timeout.rawValue)
        }
    }
}
