import Contract
import EventLoop
import Gateway
import GatewayContract
import HTTPCore
import HTTPServer
import Kernel
import ServiceKit
import TestSupport
import Testing

/// The gateway alone, with a service that answers from the goldens.
@Suite struct GatewayAloneTests {
    @Test func `the gateway answers directory queries as agreed`() async throws {
        try await GatewayAlone.run(Asked()) { service, signer in
            let api = APIClient(port: service.port)
            let made = try await api.call(
                "POST", "/api/users", token: GatewayAlone.admin,
                body: #"{"email":"ada@example.com","username":"ada","displayName":"Ada"}"#)
            let id = try #require(made["id"])
            // Only the id isn't known in advance.
            let golden = "usr_01KF0000000000000000000001"
            let expected = try Golden.text("directory-answer").replacing(golden, with: id)
            for (route, query) in [
                (DirectoryQueries.lookUpUsers, "directory-query"),
                (DirectoryQueries.lookUpUsers, "directory-query-ids"),
                (DirectoryQueries.lookUpUsers, "directory-query-email"),
                (DirectoryQueries.lookUpUsers, "directory-query-usernames"),
                (DirectoryQueries.matchUsers, "match-users-query"),
                (DirectoryQueries.findUsers, "find-users-query"),
                (DirectoryQueries.findUsers, "find-users-query-email"),
                (DirectoryQueries.findUsers, "find-users-query-usernames"),
            ] {
                let answer = try await APIClient(port: service.internalPort).call(
                    "POST", route.path,
                    body: try Golden.text(query).replacing(golden, with: id),
                    fields: ["Latchkey-Identity: \(signer.service(audience: "gateway"))"])
                #expect(answer.status == 200 && answer.text == expected, "\(query)")
            }
            let found = try await APIClient(port: service.internalPort).call(
                "POST", DirectoryQueries.findExisting.path,
                body: #"{"ids":["usr_01KF0000000000000000000009","\#(id)"]}"#,
                fields: ["Latchkey-Identity: \(signer.service(audience: "gateway"))"])
            let mark = try #require(found.json?["mark"])
            #expect(found.status == 200 && mark["epoch"]?.string?.count == 22)
            let agreed = try Golden.text("existing-users-answer").replacing(golden, with: id)
                .replacing("aaaaaaaaaaaaaaaaaaaaaa", with: mark["epoch"]?.string ?? "")
                .replacing(":7}", with: ":\(mark["version"]?.int ?? -1)}")
            #expect(found.text == agreed)
        }
    }

    @Test func `the gateway merges the audit tails of services as agreed`() async throws {
        let asked = Asked()
        try await GatewayAlone.run(asked) { service, _ in
            let target =
                "/api/audit?actorId=usr_01KF0000000000000000000001"
                + "&from=2026-01-15T09:00:00.000Z"
            let all = try await APIClient(port: service.port).call(
                "GET", target, token: GatewayAlone.admin)
            try expectList(all, of: "public-audit-entry")
            #expect(all.json?["total"]?.int == 1)
        }
        #expect(asked.bodies == [try Golden.text("audit-tail-query")])
    }

    @Test func `the gateway sends user.deleted as agreed`() async throws {
        let asked = Asked()
        try await GatewayAlone.run(asked) { service, _ in
            let api = APIClient(port: service.port)
            let made = try await api.call(
                "POST", "/api/users", token: GatewayAlone.admin,
                body: #"{"email":"ada@example.com","username":"ada","displayName":"Ada"}"#)
            let id = try #require(made["id"])
            let deleted = try await api.call(
                "DELETE", "/api/users/\(id)", token: GatewayAlone.admin)
            #expect(deleted.status == 204)
            let told = await eventually { !asked.bodies.isEmpty }
            #expect(told)
            let event = try JSON.decode(InternalEvent.self, Array((asked.bodies.first ?? "").utf8))
            let golden = try Golden.value("user-deleted-event", as: InternalEvent.self)
            #expect(event.type == golden.type)
            #expect(try JSON.decode(UserDeleted.self, Array(event.data.utf8)).userId == id)
            let names = JSONValue(Array((asked.bodies.first ?? "").utf8))?.names
            #expect(names == JSONValue(try Golden.bytes("user-deleted-event"))?.names)
        }
        #expect(asked.bodies.count == 1)
    }
}
