import Contract
import GatewayContract
import HTTPServer
import Kernel
import SQLite
import ServiceKit
import TestSupport
import Testing

@testable import Gateway

/// Users named by external ids, in requests to the gateway and through it.
@Suite struct UserNameTests {
    /// A user with an external id.
    private func user(
        _ world: GatewayWorld, _ name: String, _ externalId: String
    ) async throws -> Account {
        let account = try await world.user(name)
        let set = try await world.api.call(
            "PATCH", "/api/users/\(account.id)", token: adminToken,
            body: #"{"externalId": \#(JSON.text(externalId))}"#)
        try #require(set.status == 200, "\(set.text)")
        return account
    }

    private func count(of user: Account, in world: GatewayWorld) throws -> Int {
        try world.service.database.read {
            try UnknownUserStore.count(of: user.id, in: $0)?.names ?? 0
        }
    }

    @Test func `the gateway's own routes take external ids`() async throws {
        try await withGateway { world in
            let ann = try await user(world, "ann", "auth0|a/b")
            let path = "/api/users/ext:auth0%7Ca%2Fb"
            let read = try await world.api.call("GET", path, token: adminToken)
            #expect(read.status == 200 && read["id"] == ann.id)
            let token = try await world.api.call(
                "POST", "/api/tokens", token: adminToken,
                body: #"{"name": "t", "scopes": [], "userId": "ext:auth0|a\u002fb"}"#)
            #expect(token.status == 201 && token["userId"] == ann.id)
            let other = try await world.api.call(
                "GET", "/api/users/ext:Auth0%7Ca%2Fb", token: adminToken)
            #expect(other.status == 404 && other["instance"] == "/api/users/ext:Auth0%7Ca%2Fb")
            #expect(try await world.api.call("DELETE", path, token: adminToken).status == 204)
            let gone = try await world.api.call("GET", path, token: adminToken)
            #expect(gone.status == 404 && gone["instance"] == path)
        }
    }

    @Test func `services get our own names, and what the client asked for`() async throws {
        let log = Log<[Seen]>([])
        try await withProxy(recording(log)) { world, _ in
            let ann = try await user(world, "ann", "a/é")
            let target = "/api/entities/ext:e%2F1/publishers/ext:a%2F%C3%A9"
            _ = try await world.api.call("DELETE", target, token: adminToken)
            let seen = try #require(log.value.first)
            #expect(seen.target == "/api/entities/ext:e%2F1/publishers/\(ann.id)")
            #expect(seen.values("latchkey-target") == [target])
            log.set([])
            let query = "/api/entities/x/access?a=%20&userId=ext%3Aa/%C3%A9&userId=usr_1"
            _ = try await world.api.call("GET", query, token: adminToken)
            #expect(
                log.value.first?.target == "/api/entities/x/access?a=%20&userId=\(ann.id)"
                    + "&userId=usr_1")
        }
    }

    @Test func `a request without external ids is forwarded as it came`() async throws {
        let log = Log<[Seen]>([])
        try await withProxy(recording(log)) { world, _ in
            let body = #"{"checks": [{"entityId": "ent_1", "userId": "text:\n"}], "more": "ext:a"}"#
            _ = try await world.api.call("POST", "/api/access/check", token: adminToken, body: body)
            _ = try await world.api.call(
                "POST", "/api/access/check", token: adminToken, body: "{\\")
            #expect(log.value.map(\.body) == [Array(body.utf8), Array("{\\".utf8)])
            #expect(log.value.allSatisfy { $0.values("latchkey-target").isEmpty })
            let forged = ["Latchkey-Target: /forged"]
            log.set([])
            _ = try await world.api.call("GET", "/api/entities", token: adminToken, fields: forged)
            #expect(log.value.first?.values("latchkey-target") == [])
        }
    }

    @Test func `the body is rewritten at the names, and nowhere else`() async throws {
        let log = Log<[Seen]>([])
        try await withProxy(recording(log)) { world, _ in
            let ann = try await user(world, "ann", "4711")
            let body = """
                { "checks" : [ {"entityId": "ext:4711", "userId" : "e\\u0078t:4711"},
                  {"userId": "ext:0815", "entityId": "é"}, {"user\\u0049d": "ext:4711" } ] }
                """
            let key = ["Prefer: handling=lenient"]
            _ = try await world.api.call(
                "POST", "/api/access/check", token: adminToken, body: body, fields: key)
            let seen = try #require(log.value.first)
            let expected = body.replacing("\"e\\u0078t:4711\"", with: "\"\(ann.id)\"")
                .replacing(
                    "\"user\\u0049d\": \"ext:4711\"", with: "\"user\\u0049d\": \"\(ann.id)\"")
            #expect(String(decoding: seen.body, as: UTF8.self) == expected)
            #expect(seen.values("content-length") == ["\(expected.utf8.count)"])
        }
    }

    @Test func `a thousand names of a body are resolved`() async throws {
        let log = Log<[Seen]>([])
        try await withProxy(recording(log)) { world, _ in
            try await world.service.database.write { tx in
                for number in 0..<1_000 {
                    try UserStore.insert(
                        User(
                            id: "usr_\(number)", email: "u\(number)@example.com",
                            username: "u\(number)", displayName: "U", externalId: "x\(number)",
                            role: .member, createdAt: tx.now), in: tx)
                }
            }
            let checks = (0..<1_000).map { #"{"entityId":"ent_1","userId":"ext:x\#($0)"}"# }
            _ = try await world.api.call(
                "POST", "/api/access/check", token: adminToken,
                body: #"{"checks":[\#(checks.joined(separator: ","))]}"#)
            let seen = JSONValue(try #require(log.value.first).body)?["checks"]?.items ?? []
            #expect(seen.compactMap { $0["userId"]?.string } == (0..<1_000).map { "usr_\($0)" })
        }
    }

    @Test func `usernames and principals are named by external ids too`() async throws {
        let log = Log<[Seen]>([])
        let upstream = try await UpstreamUnderTest(recording(log))
        try await ending(with: upstream.stop) {
            try await withGateway(integrations: upstream.port) { world in
                _ = try await user(world, "ann", "4711")
                for (method, path, body) in [
                    ("PUT", "/api/teams/crm/members/ext:4711", nil),
                    ("PUT", "/api/integrations/ext:4711/shares/user:ext:4711", nil),
                    ("GET", "/api/integrations/i/shares/team%3Aext%3A4711", nil),
                    ("PUT", "/api/integrations/i/owner", #"{"userId": "ext:4711"}"#),
                ] as [(String, String, String?)] {
                    _ = try await world.api.call(method, path, token: adminToken, body: body)
                }
                #expect(
                    log.value.map(\.target) == [
                        "/api/teams/crm/members/ann",
                        "/api/integrations/ext:4711/shares/user%3Aann",
                        "/api/integrations/i/shares/team%3Aext%3A4711", "/api/integrations/i/owner",
                    ])
                #expect(log.value.last?.body == Array(#"{"userId": "ann"}"#.utf8))
            }
        }
    }

    @Test func `unknown external ids count once against the caller's limit`() async throws {
        let extra = ["LATCHKEY_UNKNOWN_USER_LIMIT": "10"]
        let log = Log<[Seen]>([])
        try await withProxy(extra: extra, recording(log)) { world, _ in
            let ann = try await user(world, "ann", "4711")
            func remove(_ name: String) async throws -> RawResponse {
                try await world.api.call(
                    "DELETE", "/api/entities/e/publishers/\(name)", token: ann.token)
            }
            for _ in 0..<20 { #expect(try await remove("ext:4711").status == 200) }
            #expect(try count(of: ann, in: world) == 0)
            for number in 0..<10 { #expect(try await remove("ext:n\(number)").status == 200) }
            #expect(log.value.last?.target == "/api/entities/e/publishers/ext:n9")
            for name in ["ext:n10", "ext:4711"] {
                let refused = try await remove(name)
                #expect(refused.status == 429 && refused.code == "too_many_unknown_users")
                #expect(refused.field("retry-after") != nil)
            }
            #expect(try await remove("usr_1").status == 200)
            #expect(try count(of: ann, in: world) == 10)
            // What the gateway has counted, services name again when they look the user up.
            let signer = IdentitySigner(
                issuer: "entities", secret: Array(internalSecret.utf8), clock: world.clock)
            let bob = try await world.user("bob")
            let found = try await world.inner.call(
                "POST", DirectoryQueries.findUsers.path,
                body:
                    #"{"callerId":"\#(bob.id)","names":{"ids":["ext:n1"],"usernames":["ext:n"]}}"#,
                fields: ["Latchkey-Identity: \(signer.service(audience: "gateway"))"])
            #expect(found.status == 200)
            #expect(try count(of: bob, in: world) == 0)
            for number in 0..<20 {
                let answer = try await world.api.call(
                    "DELETE", "/api/entities/e/publishers/ext:n\(number)", token: adminToken)
                #expect(answer.status == 200)
            }
        }
    }

    @Test func `a repeated request is compared by what its names mean`() async throws {
        try await withGateway { world in
            let ann = try await user(world, "ann", "4711")
            let bob = try await world.user("bob")
            func create(_ user: String) async throws -> RawResponse {
                try await world.api.call(
                    "POST", "/api/tokens", token: adminToken,
                    body: #"{"name": "t", "scopes": [], "userId": "\#(user)"}"#,
                    fields: ["Idempotency-Key: k"])
            }
            let made = try await create("ext:4711")
            #expect(made.status == 201 && made["userId"] == ann.id)
            for name in ["ext:4711", ann.id] {
                let again = try await create(name)
                #expect(again.field("idempotency-replayed") == "true" && again["id"] == made["id"])
            }
            for (id, externalId) in [(ann.id, "null"), (bob.id, #""4711""#)] {
                _ = try await world.api.call(
                    "PATCH", "/api/users/\(id)", token: adminToken,
                    body: #"{"externalId": \#(externalId)}"#)
            }
            let moved = try await create("ext:4711")
            #expect(moved.status == 422 && moved.code == "idempotency_key_reused")
        }
    }

    @Test func `a name means an id or an external id`() async throws {
        try await withGateway { world in
            let ann = try await user(world, "ann", "é")
            let found = try world.service.database.read { db in
                try ["ext:e\u{301}", ann.id, "ext:É", "é", "ext:"].map {
                    try UserStore.find(named: $0, in: db)?.id
                }
            }
            #expect(found == [ann.id, ann.id, nil, nil, nil])
        }
    }
}
