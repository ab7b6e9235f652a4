import GatewayContract
import Kernel
import TestSupport
import Testing

@testable import Gateway

@Suite struct AccountTests {
    private func session(
        _ world: GatewayWorld, _ email: String, agent: String? = nil
    ) async throws -> String {
        let code = try await world.newCode(email)
        let answer = try await world.api.call(
            "POST", "/api/auth/sessions", body: #"{"email":"\#(email)","code":"\#(code)"}"#,
            fields: agent.map { ["User-Agent: \($0)"] } ?? [])
        return try #require(answer["token"], "\(answer.text)")
    }

    private func status(_ world: GatewayWorld, _ token: String) async throws -> Int {
        try await world.api.call("GET", "/api/me", token: token).status
    }

    @Test func `a session shows where it began, and which one asks`() async throws {
        try await withGateway { world in
            let first = try await session(
                world, "ann@example.com", agent: String(repeating: "a", count: 500))
            world.clock.advance(seconds: 60)
            let second = try await session(world, "ann@example.com", agent: "Browser/1.0")
            let list = try await world.api.call("GET", "/api/auth/sessions", token: second)
            #expect(list.status == 200 && list.json?["total"]?.int == 2)
            let items = list.json?["items"]?.items ?? []
            #expect(
                items.first?.names == [
                    "address", "createdAt", "current", "expiresAt", "id", "lastUsedAt",
                    "userAgent",
                ])
            #expect(items.map { $0["current"] } == [.bool(true), .bool(false)])
            #expect(items[0]["userAgent"]?.string == "Browser/1.0")
            #expect(items[0]["address"]?.string == "127.0.0.1")
            #expect(items[1]["userAgent"]?.string?.count == 200)
            #expect(!list.text.contains(first) && !list.text.contains(second))
            // An API token is none of them.
            let ann = try #require(try await world.api.call("GET", "/api/me", token: first)["id"])
            let token = try await world.token(of: ann)
            let others = try await world.api.call("GET", "/api/auth/sessions", token: token.token)
            #expect(
                others.json?["items"]?.items.map { $0["current"] } == [.bool(false), .bool(false)])
        }
    }

    @Test func `an expired session is not listed`() async throws {
        try await withGateway { world in
            _ = try await session(world, "ann@example.com")
            world.clock.advance(seconds: Int64(SignInLimits.sessionDays) * 86_400 - 10)
            let own = try await session(world, "ann@example.com")
            func total() async throws -> Int? {
                let list = try await world.api.call("GET", "/api/auth/sessions", token: own)
                return list.json?["total"]?.int
            }
            #expect(try await total() == 2)
            world.clock.advance(seconds: 10)
            #expect(try await total() == 1)
        }
    }

    @Test func `scopes of platform admins are not given to others`() async throws {
        try await withGateway { world in
            let ann = try await world.user("ann")
            let answer = try await world.api.call(
                "POST", "/api/tokens", token: adminToken,
                body: """
                    {"name":"x","scopes":["entities:write","access:check","users:act_as"],
                     "userId":"\(ann.id)"}
                    """)
            #expect(answer.status == 422)
            #expect(answer.pointers == ["/scopes/1", "/scopes/2"])
        }
    }

    @Test func `ending sessions keeps the one that asks`() async throws {
        try await withGateway(loops: 4) { world in
            var sessions: [String] = []
            for _ in 0..<3 { sessions.append(try await session(world, "ann@example.com")) }
            let own = sessions[2]
            let list = try await world.api.call("GET", "/api/auth/sessions", token: own)
            let id = try #require(list.json?["items"]?[2]?["id"]?.string)
            for _ in 0..<8 { #expect(try await status(world, sessions[0]) == 200) }
            let path = "/api/auth/sessions/\(id)"
            #expect(try await world.api.call("DELETE", path, token: own).status == 204)
            for _ in 0..<8 { #expect(try await status(world, sessions[0]) == 401) }
            #expect(try await world.api.call("DELETE", path, token: own).status == 404)
            #expect(try await status(world, sessions[1]) == 200)
            let all = try await world.api.call("DELETE", "/api/auth/sessions", token: own)
            #expect(all.status == 204)
            #expect(try await status(world, sessions[1]) == 401)
            #expect(try await status(world, own) == 200)
        }
    }

    @Test func `a user's sessions and tokens are of no concern to other users`() async throws {
        try await withGateway { world in
            let own = try await session(world, "ann@example.com")
            let list = try await world.api.call("GET", "/api/auth/sessions", token: own)
            let id = try #require(list.json?["items"]?[0]?["id"]?.string)
            let ann = try #require(try await world.api.call("GET", "/api/me", token: own)["id"])
            let bob = try await world.user("bob")
            for path in ["/api/auth/sessions/\(id)", "/api/tokens/\(id)"] {
                #expect(try await world.api.call("DELETE", path, token: bob.token).status == 404)
                #expect(try await world.api.call("DELETE", path, token: adminToken).status == 404)
            }
            for path in ["tokens", "sessions"] {
                let answer = try await world.api.call(
                    "GET", "/api/users/\(ann)/\(path)", token: bob.token)
                #expect(answer.status == 403 && answer.code == "admin_required")
            }
            // A session is no token, and the other way round.
            let wrong = "/api/users/\(bob.id)/sessions/\(bob.tokenId)"
            #expect(try await world.api.call("DELETE", wrong, token: adminToken).status == 404)
            #expect(try await status(world, own) == 200)
            #expect(try await status(world, bob.token) == 200)
        }
    }

    @Test func `admins end a user's sessions and revoke their tokens`() async throws {
        try await withGateway(loops: 4) { world in
            let own = try await session(world, "ann@example.com")
            let other = try await session(world, "ann@example.com")
            let ann = try #require(try await world.api.call("GET", "/api/me", token: own)["id"])
            let token = try await world.token(of: ann)
            let base = "/api/users/\(ann)"
            let tokens = try await world.api.call("GET", base + "/tokens", token: adminToken)
            #expect(tokens.json?["items"]?.items.map { $0["id"]?.string } == [token.tokenId])
            #expect(!tokens.text.contains(token.token))
            for _ in 0..<8 { #expect(try await status(world, token.token) == 200) }
            let revoked = try await world.api.call(
                "DELETE", base + "/tokens/\(token.tokenId)", token: adminToken)
            #expect(revoked.status == 204)
            for _ in 0..<8 { #expect(try await status(world, token.token) == 401) }
            let sessions = try await world.api.call("GET", base + "/sessions", token: adminToken)
            #expect(sessions.json?["total"]?.int == 2)
            let newest = try #require(sessions.json?["items"]?[0]?["id"]?.string)
            let one = try await world.api.call(
                "DELETE", base + "/sessions/\(newest)", token: adminToken)
            #expect(one.status == 204)
            #expect(try await status(world, other) == 401)
            #expect(try await status(world, own) == 200)
            let all = try await world.api.call("DELETE", base + "/sessions", token: adminToken)
            #expect(all.status == 204)
            #expect(try await status(world, own) == 401)
            let nobody = try await world.api.call(
                "GET", "/api/users/usr_x/sessions", token: adminToken)
            #expect(nobody.status == 404)
        }
    }

    @Test func `a token has the rate that an admin gave it`() async throws {
        let ticks = FakeTicks()
        let limits = ["LATCHKEY_RATE_LIMIT": "10", "LATCHKEY_RATE_LIMIT_ADDRESS": "0"]
        try await withGateway(extra: limits, ticks: ticks) { world in
            func token(_ rate: String, by maker: String = adminToken) async throws -> RawResponse {
                ticks.advance(milliseconds: 10_000)
                return try await world.api.call(
                    "POST", "/api/tokens", token: maker,
                    body: #"{"name":"x","scopes":["tokens:write"],"rateLimit":\#(rate)}"#)
            }
            let slow = try await token("1")
            #expect(slow.json?["rateLimit"]?.int == 1)
            let fast = try #require(try await token("500")["token"])
            let unlimited = try #require(try await token("0")["token"])
            #expect(try await token("null").json?["rateLimit"] == .null)
            for rate in ["-1", "1000001", "1.5", "\"9\""] {
                let answer = try await token(rate)
                #expect(answer.status == 422 && answer.pointers == ["/rateLimit"], "\(rate)")
            }
            let member = try await world.user("member")
            let refused = try await token("5", by: member.token)
            #expect(refused.status == 403 && refused.code == "admin_required")
            let secret = try #require(slow["token"])
            var answers: [RawResponse] = []
            for _ in 0..<3 {
                answers.append(try await world.api.call("GET", "/api/me", token: secret))
            }
            #expect(answers.map(\.status) == [200, 200, 429])
            #expect(answers[0].field("ratelimit-policy") == "\"token\";q=2;w=2")
            let quick = try await world.api.call("GET", "/api/me", token: fast)
            #expect(quick.field("ratelimit-policy") == "\"token\";q=1000;w=2")
            for _ in 0..<50 {
                let answer = try await world.api.call("GET", "/api/me", token: unlimited)
                #expect(answer.status == 200 && answer.field("ratelimit") == nil)
            }
        }
    }
}
