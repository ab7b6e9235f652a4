import GatewayContract
import HTTPCore
import Kernel
import SQLite
import ServiceKit
import TestSupport
import Testing

@testable import Gateway

@Suite struct TokenTests {
    private func create(_ world: GatewayWorld, _ token: String, _ body: String) async throws
        -> RawResponse
    {
        try await world.api.call("POST", "/api/tokens", token: token, body: body)
    }

    private func status(_ world: GatewayWorld, _ token: String) async throws -> Int {
        try await world.api.call("GET", "/api/me", token: token).status
    }

    @Test func `a token's secret is shown once and not stored`() async throws {
        try await withGateway { world in
            let ann = try await world.user("ann")
            let made = try await create(
                world, ann.token, #"{"name": " CI ", "scopes": ["entities:write"]}"#)
            #expect(made.status == 201)
            #expect(
                made.json?.names == [
                    "createdAt", "expiresAt", "id", "lastUsedAt", "name", "prefix", "rateLimit",
                    "readOnly", "scopes", "token", "userId",
                ])
            let secret = try #require(made["token"])
            #expect(Array(secret.utf8).withUnsafeBytes { APIToken.isWellFormed($0) })
            #expect(
                secret.hasPrefix("sk_live_") && made["name"] == "CI" && made["userId"] == ann.id)
            #expect(made["prefix"].map { secret.hasPrefix($0) && $0.count == 12 } == true)
            #expect(made.json?["expiresAt"] == .null && made.json?["readOnly"] == .bool(false))
            let list = try await world.api.call("GET", "/api/tokens", token: ann.token)
            #expect(!list.text.contains(secret) && list.json?["items"]?[0]?["token"] == nil)
            #expect(list.json?["items"]?[0]?["name"]?.string == "CI")
            for (name, bytes) in try world.folder.contents() {
                #expect(!contains(bytes, secret), "\(name)")
                #expect(!contains(bytes, String(secret.dropFirst(12))), "\(name)")
                #expect(!contains(bytes, adminToken), "\(name)")
            }
            #expect(!world.log.text.contains(secret.dropFirst(12)))
            #expect(!world.log.text.contains(adminToken.dropFirst(12)))
        }
    }

    private func contains(_ bytes: [UInt8], _ text: String) -> Bool {
        String(decoding: bytes, as: Unicode.ASCII.self).utf8.count >= text.utf8.count
            && bytes.firstRange(of: Array(text.utf8)) != nil
    }

    @Test func `a token can only get scopes of the calling token`() async throws {
        try await withGateway { world in
            let ann = try await world.user("ann", scopes: ["tokens:write", "entities:share"])
            for scopes in [
                #"["*"]"#, #"["users:admin"]"#, #"["entities:share", "entities:write"]"#,
            ] {
                let answer = try await create(
                    world, ann.token, #"{"name": "x", "scopes": \#(scopes)}"#)
                #expect(answer.status == 403 && answer.code == "insufficient_scope", "\(scopes)")
            }
            let body = #"{"name": "x", "scopes": ["entities:share", "entities:share"]}"#
            let less = try await create(world, ann.token, body)
            #expect(
                less.status == 201 && less.json?["scopes"] == .array([.string("entities:share")]))
            let child = try #require(less["token"])
            #expect(try await create(world, child, #"{"name": "y", "scopes": []}"#).status == 403)
        }
    }

    @Test func `all invalid members of a token are reported with pointers`() async throws {
        try await withGateway { world in
            let body =
                #"{"name": "", "scopes": ["entities:share", "no:such", "", "*", "ENTITIES:SHARE"]}"#
            let answer = try await create(world, adminToken, body)
            #expect(answer.status == 422)
            #expect(answer.pointers == ["/name", "/scopes/1", "/scopes/2", "/scopes/4"])
            let missing = try await create(world, adminToken, #"{"name": "x"}"#)
            #expect(missing.pointers == ["/scopes"])
            let mixed = try await create(world, adminToken, #"{"name": "x", "scopes": ["*", 1]}"#)
            #expect(mixed.pointers == ["/scopes/1"])
        }
    }

    @Test func `a long list of invalid scopes gets a short response`() async throws {
        try await withGateway { world in
            for scope in ["\"\"", "\"entities:share\""] {
                let list = Array(repeating: scope, count: 40_000).joined(separator: ",")
                let answer = try await create(
                    world, adminToken, #"{"name": "x", "scopes": [\#(list)]}"#)
                #expect(answer.status == 422 && answer.pointers.contains("/scopes"))
                #expect(answer.body.count < 20_000)
            }
        }
    }

    @Test(arguments: [
        "2026-01-15T08:59:59.999Z", "2026-01-15T09:00:00.000Z", "1970-01-01T00:00:00Z",
    ])
    func `a token can't be created with an expiry in the past`(time: String) async throws {
        try await withGateway { world in
            let body = #"{"name": "x", "scopes": [], "expiresAt": "\#(time)"}"#
            let answer = try await create(world, adminToken, body)
            #expect(answer.status == 422 && answer.pointers == ["/expiresAt"])
        }
    }

    @Test func `an expired token is refused to the millisecond`()
        async throws
    {
        try await withGateway { world in
            let ann = try await world.user("ann", expiresAt: "2026-01-15T09:00:10.000Z")
            world.clock.advance(seconds: 9)
            #expect(try await status(world, ann.token) == 200)
            world.clock.advance(seconds: 1)
            for _ in 0..<8 { #expect(try await status(world, ann.token) == 401) }
        }
    }

    @Test func `only admins can create tokens for others`() async throws {
        try await withGateway { world in
            let ann = try await world.user("ann")
            let bob = try await world.user("bob")
            let body = #"{"name": "x", "scopes": [], "userId": "\#(bob.id)"}"#
            let refused = try await create(world, ann.token, body)
            #expect(refused.status == 403 && refused.code == "admin_required")
            #expect(try await create(world, bob.token, body).status == 201)
            #expect(try await create(world, adminToken, body)["userId"] == bob.id)
            let nobody = #"{"name": "x", "scopes": [], "userId": "usr_nobody"}"#
            #expect(try await create(world, adminToken, nobody).pointers == ["/userId"])
        }
    }

    @Test func `the list has the caller's tokens, newest first, in stable pages`() async throws {
        try await withGateway { world in
            let ann = try await world.user("ann")
            _ = try await world.user("bob")
            var ids = [ann.tokenId]
            for _ in 0..<6 {
                ids.insert(try await world.token(of: nil, by: ann.token).tokenId, at: 0)
            }
            var seen: [String] = []
            for page in 1...4 {
                let answer = try await world.api.call(
                    "GET", "/api/tokens?page=\(page)&pageSize=2", token: ann.token)
                #expect(answer.json?["total"]?.int == 7)
                #expect(answer.field("link")?.contains("rel=\"last\"") == true)
                seen += answer.json?["items"]?.items.compactMap { $0["id"]?.string } ?? []
            }
            #expect(seen == ids)
        }
    }

    @Test func `a revoked token is refused at once on every loop`() async throws {
        try await withGateway(loops: 4) { world in
            for _ in 0..<5 {
                let victim = try await world.token(of: nil)
                // Caches it on every loop.
                for _ in 0..<12 { #expect(try await status(world, victim.token) == 200) }
                let path = "/api/tokens/\(victim.tokenId)"
                #expect(try await world.api.call("DELETE", path, token: adminToken).status == 204)
                for _ in 0..<12 { #expect(try await status(world, victim.token) == 401) }
                #expect(try await world.api.call("DELETE", path, token: adminToken).status == 404)
            }
        }
    }

    @Test func `a token can revoke itself, but no other user's`() async throws {
        try await withGateway { world in
            let ann = try await world.user("ann")
            let bob = try await world.user("bob")
            for token in [bob.token, adminToken] {
                let path = "/api/tokens/\(ann.tokenId)"
                let other = try await world.api.call("DELETE", path, token: token)
                #expect(other.status == 404 && other.code == "not_found")
            }
            #expect(try await status(world, ann.token) == 200)
            let own = "/api/tokens/\(ann.tokenId)"
            #expect(try await world.api.call("DELETE", own, token: ann.token).status == 204)
            #expect(try await status(world, ann.token) == 401)
        }
    }

    @Test func `GET /api/me shows what the token can do`() async throws {
        try await withGateway { world in
            let ann = try await world.user("ann", scopes: ["entities:share"], readOnly: true)
            let me = try await world.api.call("GET", "/api/me", token: ann.token)
            #expect(
                me.json?.names == [
                    "actingId", "createdAt", "displayName", "email", "emailNotifications",
                    "externalId", "id", "locale", "readOnly", "role", "scopes", "suspended",
                    "tokenId", "username",
                ])
            #expect(me["id"] == ann.id && me["tokenId"] == ann.tokenId)
            #expect(me.json?["readOnly"] == .bool(true))
            #expect(me.json?["scopes"] == .array([.string("entities:share")]))
        }
    }
}

@Suite struct LastUseTests {
    private func lastUsed(_ world: GatewayWorld, _ account: Account) throws -> Timestamp? {
        try world.service.database.read { db in
            try db.row("SELECT last_used_at FROM tokens WHERE id = ?1", .text(account.tokenId)) {
                $0.timeOrNil(0)
            } ?? nil
        }
    }

    private func use(_ world: GatewayWorld, _ account: Account) async throws {
        for _ in 0..<8 { _ = try await world.api.call("GET", "/api/me", token: account.token) }
    }

    @Test func `a token's last use is written within seconds, at most once a minute`() async throws
    {
        try await withGateway { world in
            let ann = try await world.user("ann")
            let first = world.clock.now()
            #expect(try lastUsed(world, ann) == nil)
            try await use(world, ann)
            #expect(try await eventually { try lastUsed(world, ann) == first })
            let other = try await world.user("other")
            world.clock.advance(seconds: 59)
            try await use(world, ann)
            // The other token's use is flushed with ann's or later: ann's would have been written
            // by then.
            try await use(world, other)
            #expect(try await eventually { try lastUsed(world, other) != nil })
            #expect(try lastUsed(world, ann) == first)
            world.clock.advance(seconds: 1)
            try await use(world, ann)
            #expect(try await eventually { try lastUsed(world, ann) == world.clock.now() })
            let list = try await world.api.call("GET", "/api/tokens", token: ann.token)
            let shown = list.json?["items"]?[0]?["lastUsedAt"]?.string
            #expect(shown == world.clock.now().rfc3339)
        }
    }

    @Test func `a use just before stopping is written`() async throws {
        let folder = try TemporaryFolder()
        let account = Log<Account?>(nil)
        try await withGateway(folder: folder) { world in
            let ann = try await world.user("ann")
            _ = try await world.api.call("GET", "/api/me", token: ann.token)
            account.set(ann)
        }
        try await withGateway(folder: folder) { world in
            let ann = try #require(account.value)
            #expect(try lastUsed(world, ann) != nil)
        }
    }
}

@Suite struct TokenLookupTests {
    /// A loop's authenticator's fault for a token while the database can't be read.
    private func verdict(_ token: String, _ database: Database) throws -> Fault? {
        let clock = FakeClock()
        let authenticator = BearerAuthenticator(
            TokenLookup(database, clock: clock),
            internal: IdentityAuthenticator(audience: "gateway", secret: [1], clock: clock),
            services: 0)
        var parser = RequestParser(limits: HTTPLimits())
        let text = "GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(token)\r\n\r\n"
        let head = Array(text.utf8).withUnsafeBytes { bytes -> RequestHead? in
            if case .head(let head) = parser.next(bytes).event { head } else { nil }
        }
        let request = try #require(head)
        do throws(Fault) {
            _ = try authenticator.user(request)
            return nil
        } catch {
            return error
        }
    }

    @Test func `a token with a wrong checksum costs no query`() throws {
        let folder = try TemporaryFolder()
        let database = try Database(
            path: folder.path + "/gateway.sqlite", migrations: gatewayMigrations, readers: 0,
            clock: FakeClock())
        database.close()
        var typo = Array(adminToken.utf8)
        typo[20] = typo[20] == UInt8(ascii: "x") ? UInt8(ascii: "y") : UInt8(ascii: "x")
        #expect(
            try verdict(String(decoding: typo, as: UTF8.self), database)?.code == "invalid_token")
        // A valid token needs the query, whose failure doesn't make it invalid.
        #expect(try verdict(adminToken, database)?.kind == .unavailable)
    }

    @Test func `the first admin is created once, even if the settings change`() async throws {
        let folder = try TemporaryFolder()
        for _ in 0..<2 {
            try await withGateway(folder: folder) { world in
                let users = try await world.api.call("GET", "/api/users", token: adminToken)
                #expect(users.json?["total"]?.int == 1)
                let root = users.json?["items"]?[0]
                #expect(
                    root?["email"]?.string == "root@example.com" && root?["role"]?.string == "admin"
                )
            }
        }
    }
}
