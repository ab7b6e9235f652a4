import Contract
import GatewayContract
import Kernel
import TestSupport
import Testing

@testable import Integrations

/// Events and queries from other services.
@Suite struct NeighbourTests {
    private func event(_ number: Int, _ type: String, _ data: String) -> String {
        let escaped = data.replacing("\"", with: "\\\"")
        return #"{"id":"evt_\#(number)","type":"\#(type)","at":"2026-01-15T09:00:00.000Z","#
            + #""data":"\#(escaped)"}"#
    }

    @Test func `the user.deleted event is applied once`() async throws {
        try await ServedIntegrations.run { served in
            let (ada, bob) = (served.user("ada"), served.user("bob"))
            let root = served.user("root", isAdmin: true)
            let own = try await served.integration("Own", by: bob)
            let path = try await served.integration(by: ada)
            try await served.share(path, with: "user:bob", by: ada)
            _ = try await served.team("A Team", ["bob": "admin"], by: ada)
            let fact =
                #"{"userId":"usr_bob","deletedBy":"usr_root","tokenId":"tok_9","requestId":"r-9"}"#
            for applied in [true, false] {
                let answer = try await served.sendAsService(
                    "POST /internal/events", event(1, UserDeleted.type, fact))
                #expect(answer.status == 200 && answer.text == #"{"applied":\#(applied)}"#)
            }
            let passed = try await served.send("GET \(own)", as: root)
            #expect(passed["ownerId"] == "user:root")
            let shares = try await served.send("GET \(path)/shares", as: ada)
            #expect(shares.json?["total"]?.int == 0)
            let members = try await served.send("GET /api/teams/a-team", as: ada)
            #expect(members.json?["memberCount"]?.int == 1)
            let id = own.split(separator: "/")[2]
            let audit = try await served.send("GET /api/audit?integrationId=\(id)", as: root)
            let entry = audit.json?["items"]?[0]
            #expect(entry?["action"]?.string == "integration.owner_changed")
            #expect(entry?["actorId"]?.string == "usr_root")
            #expect(entry?["tokenId"]?.string == "tok_9" && entry?["requestId"]?.string == "r-9")
            // The deleted user can't do anything.
            let late = try await served.send("POST /api/teams", #"{"name":"New"}"#, as: bob)
            #expect(late.status == 403 && late.code == "user_deleted")
        }
    }

    @Test func `unknown events are accepted and ignored, malformed ones refused`()
        async throws
    {
        try await ServedIntegrations.run { served in
            let before = try served.database.dump()
            let unknown = try await served.sendAsService(
                "POST /internal/events", event(1, "user.painted", "{}"))
            #expect(unknown.status == 200 && unknown.text == #"{"applied":false}"#)
            let broken = try await served.sendAsService(
                "POST /internal/events", event(2, UserDeleted.type, "{}"))
            #expect(broken.status == 422)
            #expect(try served.database.dump() == before)
        }
    }

    @Test func `users can't call internal routes`() async throws {
        try await ServedIntegrations.run { served in
            try await served.expectNoUsers(at: [
                AuditRoutes.tail, OffboardingRoutes.state, InternalEvent.deliver,
            ])
            let tail = try await served.sendAsService(
                "POST \(AuditRoutes.tail.path)", #"{"filter":{"about":"nothing"},"limit":1}"#)
            #expect(tail.status == 200 && tail.text == #"{"entries":[],"total":0}"#)
        }
    }
}
