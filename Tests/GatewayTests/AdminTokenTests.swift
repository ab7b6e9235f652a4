import Kernel
import ServiceKit
import TestSupport
import Testing

@testable import Gateway

@Suite struct AdminTokenTests {
    private func status(_ world: GatewayWorld, _ token: String) async throws -> Int {
        try await world.api.call("GET", "/api/me", token: token).status
    }

    @Test func `a created token has what was asked for, and is shown once`() async throws {
        try await withGateway { world in
            _ = try await world.user("ann")
            let made = await world.admin(
                "tokens", "create", "ann", "--name", "ci", "--scope", "entities:write",
                "--scope=org:write", "--read-only", "--days", "7")
            let token = made.output.trimmingNewline
            let me = try await world.api.call("GET", "/api/me", token: token)
            #expect(
                me.json?["scopes"] == .array([.string("entities:write"), .string("org:write")]))
            #expect(me.json?["readOnly"] == .bool(true))
            let list = await world.admin("tokens", "list", "ann")
            #expect(list.output.contains("2026-01-22T09:00:00.000Z") && list.output.contains("ci"))
            #expect(!list.output.contains(token) && list.lines.count == 3)
        }
    }

    @Test func `a token that its user can't have is refused`() async throws {
        try await withGateway { world in
            _ = try await world.user("ann")
            let refused = await world.admin(
                "tokens", "create", "ann", "--name", "x", "--scope", "access:check")
            #expect(refused.exit == .data && refused.errors.contains("/scopes/0"))
            let unknown = await world.admin(
                "tokens", "create", "ann", "--name", "x", "--scope", "nothing")
            #expect(unknown.exit == .data && unknown.output.isEmpty)
        }
    }

    @Test func `a token is revoked by its id`() async throws {
        try await withGateway(loops: 4) { world in
            let ann = try await world.user("ann")
            for _ in 0..<8 { #expect(try await status(world, ann.token) == 200) }
            #expect(await world.admin("tokens", "revoke", ann.tokenId).exit == .ok)
            for _ in 0..<8 { #expect(try await status(world, ann.token) == 401) }
            #expect(await world.admin("tokens", "revoke", ann.tokenId).exit == .data)
        }
    }

    @Test func `a leaked token or session is revoked by its secret, read from a file`()
        async throws
    {
        try await withGateway { world in
            let ann = try await world.user("ann")
            let code = try await world.newCode("ann@example.com")
            let session = try #require(try await world.signIn("ann@example.com", code)["token"])
            for secret in [ann.token, session] {
                #expect(try await status(world, secret) == 200)
                let done = await world.admin(
                    "tokens", "revoke", "--secret-file", "-", input: secret + "\n")
                #expect(done.exit == .ok && !done.output.contains(secret))
                #expect(try await status(world, secret) == 401)
            }
            let actions = try world.actions().suffix(2)
            #expect(actions == ["token.revoked", "session.ended"])
        }
    }

    @Test func `a token among the arguments is refused and not repeated`() async throws {
        try await withGateway { world in
            let ann = try await world.user("ann")
            let refused = await world.admin("tokens", "revoke", ann.token)
            #expect(refused.exit == .usage && !refused.errors.contains(ann.token))
            #expect(try await status(world, ann.token) == 200)
            #expect(await world.admin("tokens", "revoke").exit == .usage)
            #expect(await world.admin("tokens", "revoke", "--secret-file", "x").exit == .ioError)
        }
    }
}
