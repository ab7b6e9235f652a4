import FoundationEssentials
import GatewayContract
import Kernel
import TestSupport
import Testing

@testable import Gateway

@Suite struct ActingTests {
    private func me(
        _ world: GatewayWorld, as user: String..., token: String = adminToken
    ) async throws -> RawResponse {
        try await world.api.call(
            "GET", "/api/me", token: token, fields: user.map { "Latchkey-User: \($0)" })
    }

    private func rootId(_ world: GatewayWorld) async throws -> String {
        try #require(try await me(world)["id"])
    }

    @Test func `a request with Latchkey-User is that user's`() async throws {
        try await withGateway { world in
            let ann = try await world.user("ann")
            let answer = try await me(world, as: ann.id)
            #expect(answer.status == 200 && answer["id"] == ann.id && answer["role"] == "member")
            #expect(try await answer["actingId"] == rootId(world))
            #expect(try await me(world).json?["actingId"] == .null)
            let scopes = answer.json?["scopes"]?.items.compactMap(\.string) ?? []
            #expect(scopes.contains("entities:write") && !scopes.contains("*"))
            #expect(Set(scopes).isDisjoint(with: ["tokens:write", "users:admin", "access:check"]))
            let tokens = try await world.api.call(
                "GET", "/api/tokens", token: adminToken, fields: ["Latchkey-User: \(ann.id)"])
            #expect(tokens.json?["items"]?[0]?["userId"]?.string == ann.id)
        }
    }

    @Test func `a user can be named by the platform's own id`() async throws {
        try await withGateway { world in
            let ann = try await world.user("ann")
            let patch = try await world.api.call(
                "PATCH", "/api/users/\(ann.id)", token: adminToken,
                body: #"{"externalId":"crm/7 é%"}"#.replacing(" ", with: "-"))
            #expect(patch.status == 200, "\(patch.text)")
            for name in ["ext:crm/7-%C3%A9%25", "ext%3Acrm%2F7-%c3%a9%25", "ext:crm/7-e%CC%81%25"] {
                #expect(try await me(world, as: name)["id"] == ann.id, "\(name)")
            }
            for name in ["ext:CRM/7-%C3%A9%25", "crm/7-%C3%A9%25", "ext:crm/7-%C3%A9%"] {
                #expect(try await me(world, as: name).status == 422, "\(name)")
            }
        }
    }

    @Test func `services get an identity with both`() async throws {
        let log = Log<[Seen]>([])
        try await withProxy(recording(log)) { world, _ in
            let ann = try await world.user("ann")
            let bob = try await world.user("bob")
            for user in [ann.id, bob.id, ann.id] {
                _ = try await world.api.call(
                    "GET", "/api/entities", token: adminToken, fields: ["Latchkey-User: \(user)"])
            }
            _ = try await world.api.call("GET", "/api/entities", token: adminToken)
            let root = try await rootId(world)
            let claims = try log.value.map { try self.claims(of: $0) }
            #expect(claims.map { $0["sub"]?.string } == [ann.id, bob.id, ann.id, root])
            #expect(claims.map { $0["act"]?["sub"]?.string } == [root, root, root, nil])
            #expect(claims.map { $0["role"]?.string } == ["member", "member", "member", "admin"])
            #expect(log.value.allSatisfy { $0.values("latchkey-user").isEmpty })
        }
    }

    private func claims(of seen: Seen) throws -> JSONValue {
        let identity = try #require(seen.values("latchkey-identity").first)
        let parts = identity.split(separator: ".")
        let payload = try #require(Base64URL.decode(Array(parts[1].utf8)[...]))
        return try JSONDecoder().decode(JSONValue.self, from: Data(payload))
    }

    @Test func `a token without the scope is refused, and so is a member's`() async throws {
        try await withGateway { world in
            let ann = try await world.user("ann")
            let admin = try await world.user("admin", role: "admin", scopes: ["users:admin"])
            let former = try await world.user("former", role: "admin", scopes: ["users:act_as"])
            _ = try await world.api.call(
                "PATCH", "/api/users/\(former.id)", token: adminToken, body: #"{"role":"member"}"#)
            let member = try await world.user("member")
            for token in [admin.token, former.token, member.token] {
                for user in [ann.id, member.id, "usr_x", "", "ext:x"] {
                    let answer = try await me(world, as: user, token: token)
                    #expect(answer.status == 403 && answer.code == "insufficient_scope")
                    #expect(
                        answer.field("www-authenticate")
                            == #"Bearer error="insufficient_scope", scope="users:act_as""#)
                }
            }
            let missing = try await world.api.call(
                "GET", "/api/me", fields: ["Latchkey-User: \(ann.id)"])
            #expect(missing.status == 401)
        }
    }

    @Test func `unknown users are named, admins and suspended users can't be acted for`()
        async throws
    {
        try await withGateway { world in
            let ann = try await world.user("ann")
            let other = try await world.user("other", role: "admin")
            for user in ["usr_01JHMZ0000000000000000000Z", "ann", "", "ext:nobody", "%"] {
                let answer = try await me(world, as: user)
                #expect(answer.status == 422 && answer.code == "validation_failed", "\(user)")
                let error = answer.json?["errors"]?[0]
                #expect(error?["parameter"]?.string == "Latchkey-User")
                #expect(error?["in"]?.string == "header")
                #expect(answer["detail"]?.hasPrefix("Latchkey-User must ") == true)
            }
            #expect(try await me(world, as: ann.id, ann.id).status == 422)
            for user in [other.id, try await rootId(world)] {
                let answer = try await me(world, as: user)
                #expect(answer.status == 403 && answer.code == "cannot_act_as")
            }
            #expect(try await me(world, as: ann.id).status == 200)
            _ = try await world.api.call(
                "PATCH", "/api/users/\(ann.id)", token: adminToken, body: #"{"suspended":true}"#)
            for _ in 0..<8 {
                let answer = try await me(world, as: ann.id)
                #expect(answer.status == 403 && answer.code == "cannot_act_as")
            }
        }
    }

    @Test func `acting ends at once when the user is deleted or the token revoked`() async throws {
        try await withGateway(loops: 4) { world in
            let ann = try await world.user("ann")
            let platform = try await world.token(of: nil, scopes: ["users:act_as"])
            for _ in 0..<12 {
                #expect(try await me(world, as: ann.id, token: platform.token).status == 200)
            }
            _ = try await world.api.call("DELETE", "/api/users/\(ann.id)", token: adminToken)
            for _ in 0..<12 {
                #expect(try await me(world, as: ann.id, token: platform.token).status == 422)
            }
            let bob = try await world.user("bob")
            for _ in 0..<12 {
                #expect(try await me(world, as: bob.id, token: platform.token).status == 200)
            }
            _ = try await world.api.call(
                "DELETE", "/api/tokens/\(platform.tokenId)", token: adminToken)
            for _ in 0..<12 {
                #expect(try await me(world, as: bob.id, token: platform.token).status == 401)
            }
        }
    }

    @Test func `acting for a user manages no accounts`() async throws {
        try await withGateway { world in
            let ann = try await world.user("ann")
            let fields = ["Latchkey-User: \(ann.id)"]
            let asked: [(String, String, String?)] = [
                ("POST", "/api/tokens", #"{"name":"x","scopes":[]}"#),
                ("DELETE", "/api/tokens/\(ann.tokenId)", nil),
                ("DELETE", "/api/auth/sessions", nil), ("GET", "/api/users", nil),
                ("DELETE", "/api/users/\(ann.id)", nil),
            ]
            let before = try world.rows()
            for (method, path, body) in asked {
                let answer = try await world.api.call(
                    method, path, token: adminToken, body: body, fields: fields)
                #expect(answer.status == 403 && answer.code == "insufficient_scope", "\(path)")
            }
            #expect(try world.rows() == before)
        }
    }

    @Test func `a session that acts for a user is not that user's to end`() async throws {
        try await withGateway { world in
            let ann = try await world.user("ann")
            let code = try await world.newCode("root@example.com")
            let session = try #require(try await world.signIn("root@example.com", code)["token"])
            let answer = try await world.api.call(
                "DELETE", "/api/auth/sessions/current", token: session,
                fields: ["Latchkey-User: \(ann.id)"])
            #expect(answer.status == 409 && answer.code == "not_a_session")
            #expect(try await me(world, token: session).status == 200)
        }
    }

    @Test func `a token that only reads only reads for users`() async throws {
        try await withGateway { world in
            let ann = try await world.user("ann")
            let reader = try await world.token(of: nil, scopes: ["*"], readOnly: true)
            let answer = try await world.api.call(
                "POST", "/api/entities", token: reader.token, body: "{}",
                fields: ["Latchkey-User: \(ann.id)"])
            #expect(answer.status == 403 && answer.code == "read_only_token")
        }
    }

    @Test func `the rate limit is the token's`() async throws {
        let ticks = FakeTicks()
        let limits = ["LATCHKEY_RATE_LIMIT": "10", "LATCHKEY_RATE_LIMIT_ADDRESS": "0"]
        try await withGateway(extra: limits, ticks: ticks) { world in
            let ann = try await world.user("ann")
            let bob = try await world.user("bob")
            ticks.advance(milliseconds: 10_000)
            for number in 0..<20 {
                let answer = try await me(world, as: number % 2 == 0 ? ann.id : bob.id)
                #expect(answer.status == 200)
                #expect(answer.field("ratelimit")?.contains("r=\(19 - number);") == true)
            }
            #expect(try await me(world, as: ann.id).status == 429)
            #expect(try await me(world, as: "usr_x").status == 429)
            #expect(try await me(world, token: ann.token).status == 200)
        }
    }

    @Test func `the log of a request names both`() async throws {
        try await withGateway { world in
            let ann = try await world.user("ann")
            _ = try await me(world, as: ann.id)
            let root = try await rootId(world)
            let isLogged = await eventually {
                world.log.text.contains(#""userId":"\#(ann.id)""#)
                    && world.log.text.contains(#""actingId":"\#(root)""#)
            }
            #expect(isLogged)
        }
    }
}
