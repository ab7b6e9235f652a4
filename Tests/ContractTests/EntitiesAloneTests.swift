import Contract
import Entities
import EntitiesContract
import EventLoop
import GatewayContract
import HTTPCore
import HTTPServer
import Kernel
import ServiceKit
import TestSupport
import Testing

/// The entities service alone: the gateway replies from the golden files.
@Suite struct EntitiesAloneTests {
    @Test func `queries the directory as agreed and understands the reply`() async throws {
        let asked = Asked()
        try await EntitiesAlone.run(asked) { api, identity in
            let made = try await api.call(
                "POST", "/api/entities", body: #"{"name":"Notes","type":"app"}"#, fields: identity)
            let id = try #require(made["id"])
            let shared = try await api.call(
                "POST", "/api/entities/\(id)/shares",
                body: #"{"emails":["ada@example.com","nobody@example.com"]}"#, fields: identity)
            #expect(shared.status == 200)
            #expect(shared.json?["notFound"]?[0]?.string == "nobody@example.com")
            let created = shared.json?["created"]?[0]?["user"]
            #expect(created?["id"]?.string == "usr_01KF0000000000000000000001")
            #expect(created?["displayName"]?.string == "Ada")
        }
        #expect(asked.bodies == [try Golden.text("find-users-query")])
    }

    @Test func `forwards the limit on naming users who don't exist`() async throws {
        try await EntitiesAlone.run(Asked(), found: "find-users-answer-refused") {
            api, identity in
            let made = try await api.call(
                "POST", "/api/entities", body: #"{"name":"Notes","type":"app"}"#, fields: identity)
            let path = "/api/entities/\(try #require(made["id"]))"
            for (method, target, body) in [
                ("POST", "/shares", #"{"emails":["ada@example.com"]}"#),
                ("POST", "/publishers", #"{"userId":"\#(Cast.ada.userId)"}"#),
                ("PUT", "/owner", #"{"userId":"\#(Cast.ada.userId)"}"#),
            ] {
                let refused = try await api.call(
                    method, path + target, body: body, fields: identity)
                #expect(
                    refused.status == 429 && refused.code == "too_many_unknown_users",
                    "\(refused.text)")
                #expect(refused.field("retry-after") == "60")
            }
        }
    }

    @Test func `answers the audit tail query as agreed`() async throws {
        try await EntitiesAlone.run(Asked()) { api, identity in
            _ = try await api.call(
                "POST", "/api/entities", body: #"{"name":"Notes","type":"app"}"#, fields: identity)
            let signer = IdentitySigner(
                issuer: "gateway", secret: Array(EntitiesAlone.secret.utf8), clock: FakeClock())
            let answer = try await api.call(
                "POST", "/internal/audit/tail", body: try Golden.text("audit-tail-query"),
                fields: ["Latchkey-Identity: \(signer.service(audience: "entities"))"])
            let golden = JSONValue(try Golden.bytes("audit-tail-answer"))
            #expect(answer.json?.names == golden?.names)
            // A user's identity is not enough.
            let refused = try await api.call(
                "POST", "/internal/audit/tail", body: try Golden.text("audit-tail-query"),
                fields: identity)
            #expect(refused.status == 401)
        }
    }

    @Test func `applies user.deleted once`() async throws {
        try await EntitiesAlone.run(Asked()) { api, _ in
            let clock = FakeClock()
            let signer = IdentitySigner(
                issuer: "gateway", secret: Array(EntitiesAlone.secret.utf8), clock: clock)
            let identity = ["Latchkey-Identity: \(signer.service(audience: "entities"))"]
            let event = try Golden.text("user-deleted-event")
            let first = try await api.call(
                "POST", "/internal/events", body: event, fields: identity)
            #expect(first.text == (try Golden.text("event-receipt")))
            let second = try await api.call(
                "POST", "/internal/events", body: event, fields: identity)
            #expect(second.text == #"{"applied":false}"#)
        }
    }
}
