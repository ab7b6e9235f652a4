import Contract
import HTTPCore
import Kernel
import TestSupport
import Testing

@testable import Gateway

/// `GET /api/audit` at the gateway: forwarded to the context that owns the entity, or merged.
@Suite struct AuditHandlersTests {
    private func entry(_ id: String, _ at: String) -> String {
        """
        {"id":"\(id)","at":"\(at)","actorId":"usr_1","tokenId":null,"requestId":null,
         "action":"share.created","subject":{"type":"share","id":"shr_1"},"before":null,
         "after":null}
        """
    }

    @Test func `the audit of one entity is forwarded from its context`() async throws {
        let log = Log<[Seen]>([])
        try await withProxy(
            recording(log) { _ in Response(200, body: Array("hers".utf8)) }
        ) { world, _ in
            let ann = try await world.user("ann")
            let target = "/api/audit?entityId=ent_1&actorId=usr_2&page=2"
            let answer = try await world.api.call("GET", target, token: ann.token)
            #expect(answer.text.hasSuffix("hers"))
            #expect(log.value.map(\.target) == [target])
            #expect(log.value.first?.values("latchkey-identity").count == 1)
            // A context that is not configured has no entries.
            for name in ["organizationId", "integrationId", "workspaceId"] {
                let missing = try await world.api.call(
                    "GET", "/api/audit?\(name)=x", token: ann.token)
                #expect(missing.status == 404)
            }
            let two = try await world.api.call(
                "GET", "/api/audit?entityId=a&workspaceId=b", token: ann.token)
            #expect(two.status == 422 && two.pointers == ["/entityId", "/workspaceId"])
            #expect(log.value.count == 1)
        }
    }

    @Test func `admins get the newest entries of all contexts, merged in order`() async throws {
        let body =
            #"{"entries":[\#(entry("aud_2", "2026-01-15T09:00:01.000Z")),"#
            + #"\#(entry("aud_1", "2026-01-15T08:59:00.000Z"))],"total":999}"#
        let log = Log<[Seen]>([])
        try await withProxy(
            recording(log) { _ in
                Response(
                    200, fields: [Response.Field("Content-Type", "application/json")],
                    body: Array(body.utf8))
            }
        ) { world, _ in
            let all = try await world.api.call("GET", "/api/audit", token: adminToken)
            #expect(all.status == 200, "\(all.text)")
            // The first admin and their token are from 09:00:00.
            #expect(
                all.json?["items"]?.items.map { $0["action"]?.string } == [
                    "share.created", "token.created", "user.created", "share.created",
                ])
            #expect(all.json?["total"]?.int == 1_000)
            let second = try await world.api.call(
                "GET", "/api/audit?page=2&pageSize=3", token: adminToken)
            #expect(second.json?["items"]?[0]?["id"]?.string == "aud_1")
            // Every link is valid, however many entries there are.
            let link = try #require(second.field("link"))
            #expect(link.contains("page=334&pageSize=3>; rel=\"last\""))
            let last = try await world.api.call(
                "GET", "/api/audit?page=10&pageSize=100", token: adminToken)
            #expect(last.status == 200 && last.field("link")?.contains("next") == false)
            #expect(log.value.map(\.target).allSatisfy { $0 == "/internal/audit/tail" })
            let deep = try await world.api.call(
                "GET", "/api/audit?page=11&pageSize=100", token: adminToken)
            #expect(deep.status == 422 && deep.pointers == ["/page"])
            let wrong = try await world.api.call(
                "GET", "/api/audit?from=now", token: adminToken)
            #expect(wrong.status == 422 && wrong.pointers == ["/from"])
        }
    }

    @Test func `other users must name an entity for the audit`() async throws {
        try await withGateway { world in
            let ann = try await world.user("ann")
            let refused = try await world.api.call("GET", "/api/audit", token: ann.token)
            #expect(refused.status == 403 && refused.code == "admin_required")
            #expect(try await world.api.call("GET", "/api/audit").status == 401)
        }
    }

    @Test func `the merged audit is 503 while a context is down`() async throws {
        try await withGateway { world in
            let answer = try await world.api.call("GET", "/api/audit", token: adminToken)
            #expect(answer.status == 503)
        }
    }
}
