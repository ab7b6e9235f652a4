import GatewayContract
import HTTPCore
import HTTPServer
import TestSupport
import Testing

@testable import Gateway

/// The state of the platform, as its admins see it.
@Suite struct HealthTests {
    private func json(_ text: String) -> Response {
        Response(
            200, fields: [Response.Field("Content-Type", "application/json")],
            body: Array(text.utf8))
    }

    private func service(_ name: String, in answer: RawResponse) -> JSONValue? {
        answer.json?["services"]?.items.first { $0["name"]?.string == name }
    }

    @Test func `every service says what waits in it, and whether it is replicated`() async throws {
        let log = Log<[Seen]>([])
        let waiting =
            #"{"target":"mail","pending":3,"oldest":"2026-01-15T09:00:00.000Z","attempts":2,"#
            + #""lastError":"refused"}"#
        try await withProxy(
            recording(log) { _ in json(#"{"outboxes":[\#(waiting)],"isReplicated":false}"#) }
        ) { world, _ in
            let answer = try await world.api.call("GET", "/api/health", token: adminToken)
            #expect(answer.status == 200, "\(answer.text)")
            #expect(answer.json?["services"]?[0]?["name"]?.string == "gateway")
            let own = service("gateway", in: answer)
            #expect(own?["status"]?.string == "up" && own?["replication"]?.string == "off")
            #expect(own?["outboxes"]?.items.contains { $0["target"]?.string == "mail" } == true)
            let entities = service("entities", in: answer)
            #expect(entities?["status"]?.string == "up")
            #expect(entities?["replication"]?.string == "behind")
            let outbox = entities?["outboxes"]?[0]
            #expect(outbox?["pending"]?.int == 3 && outbox?["attempts"]?.int == 2)
            #expect(outbox?["oldest"]?.string == "2026-01-15T09:00:00.000Z")
            #expect(outbox?["lastError"]?.string == "refused")
            #expect(log.value.map(\.target) == ["/internal/maintenance/outboxes"])
        }
    }

    @Test func `a service from before replication was reported has none`() async throws {
        try await withProxy(recording(Log<[Seen]>([])) { _ in json(#"{"outboxes":[]}"#) }) {
            world, _ in
            let answer = try await world.api.call("GET", "/api/health", token: adminToken)
            #expect(service("entities", in: answer)?["replication"]?.string == "off")
        }
    }

    @Test func `what is down is named, and the others are shown all the same`() async throws {
        try await withGateway(invitations: Ports.next()) { world in
            let answer = try await world.api.call("GET", "/api/health", token: adminToken)
            #expect(answer.status == 200, "\(answer.text)")
            for name in ["entities", "invitations"] {
                let one = service(name, in: answer)
                #expect(one?["status"]?.string == "unreachable" && one?["replication"] == .null)
                #expect(one?["outboxes"]?.items.isEmpty == true)
            }
            #expect(answer.json?["failingWebhooks"] == .null)
            #expect(service("gateway", in: answer)?["status"]?.string == "up")
        }
    }

    @Test func `failing webhooks of all users are named`() async throws {
        let hook =
            #"{"id":"whk_1","ownerId":"usr_1","url":"https://a.example","scope":"own","#
            + #""enabled":false,"disabledReason":"failing","failingSince":null,"pending":1,"#
            + #""attempts":4,"lastStatus":500,"lastError":"returned 500"}"#
        let upstream = try await UpstreamUnderTest(
            recording(Log<[Seen]>([])) { exchange in
                json(
                    Seen(exchange).target == "/internal/webhooks/failing"
                        ? #"{"webhooks":[\#(hook)]}"# : #"{"outboxes":[]}"#)
            })
        try await ending(with: upstream.stop) {
            try await withGateway(invitations: upstream.port) { world in
                let answer = try await world.api.call("GET", "/api/health", token: adminToken)
                let hook = answer.json?["failingWebhooks"]?[0]
                #expect(hook?["id"]?.string == "whk_1" && hook?["ownerId"]?.string == "usr_1")
                #expect(hook?["disabledReason"]?.string == "failing")
                #expect(hook?["lastStatus"]?.int == 500 && hook?["pending"]?.int == 1)
            }
        }
    }

    @Test func `others than platform admins learn nothing`() async throws {
        try await withGateway { world in
            let ann = try await world.user("ann")
            let refused = try await world.api.call("GET", "/api/health", token: ann.token)
            #expect(refused.status == 403 && refused.code == "admin_required")
            #expect(try await world.api.call("GET", "/api/health").status == 401)
        }
    }
}
